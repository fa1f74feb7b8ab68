// SPDX-License-Identifier: GPL-3.0-or-later
// What restoring a shrunken picture loses, kept beside it: with it, and the same restoration, each bit of the
// original's 8 comes back.
#pragma once

#include <string>
#include <string_view>

#include "codes.h"

namespace pentimento {

// The original as restoring alone makes it of the small picture: the restored colours, and each pixel's alpha.
Codes foretold(const Pixels& restored, const Codes& small, int scale);

// One line of text, "pentimento-details/1 size=1023x767 channels=3 bytes=812345 sha256=...", its end, and the bytes:
// the differences, coded. Of a grey picture one channel is kept; of one without alpha none of it. Throws
// std::bad_alloc.
std::string pack_details(const Codes& original, const Codes& foretold, bool grey, bool alpha);

enum class Unpacked { kOriginal, kOtherwise, kDamaged };

// Makes of what was foretold the original. kOtherwise: these are not quite its pixels, for what was foretold differs
// from what it was when the details were packed. kDamaged: nothing was changed, for `details` are none, or of another
// size.
Unpacked unpack_details(std::string_view details, Codes* picture);

}  // namespace pentimento
