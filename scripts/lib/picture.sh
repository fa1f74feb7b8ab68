# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Pictures in and out of gegl. Its exit status is 0 whatever happens, so that everything is judged by its output.

# Tells what cannot be a picture before anything long starts, with what any Linux has.
check_picture() { # PICTURE
  [[ -e $1 ]] || die "there is no picture '$1'"
  [[ ! -d $1 ]] || die "'$1' is a folder: name one picture in it"
  [[ -f $1 && -r $1 ]] || die "the picture '$1' cannot be read"
  case $(head -c 12 -- "$1" | od -An -v -t x1 | tr -d ' \n') in
    89504e470d0a1a0a* | ffd8ff* | 49492a00* | 4d4d002a* | 52494646????????57454250) ;; # PNG JPEG TIFF TIFF WebP
    762f3101* | 424d* | 47494638* | 503[1-6]*) ;;                                       # EXR BMP GIF PNM
    *) die "'$1' is not a picture that this reads: save it as PNG, JPEG, TIFF, WebP, EXR, BMP, GIF or PNM" ;;
  esac
}

# gegl stumbles over quotes in a file's name.
plain_name_for() { # PICTURE
  local ending=${1##*.}
  [[ $ending =~ ^[[:alnum:]]+$ ]] || ending=picture
  ln -s -- "$1" "$scratch/noisy.$ending"
  printf '%s\n' "$scratch/noisy.$ending"
}

decode_picture() { # PICTURE PNG
  local complaints
  complaints=$(gegl "$1" -o "$2" 2>&1 >/dev/null) || true
  [[ -s $2 && $complaints != *'failed to open'* ]] || die "the picture is damaged: it cannot be decoded"
}

# Shows the progress, lines that end with a carriage return, and keeps the rest for what goes wrong: gegl complains at
# its end about itself, whatever it ran.
denoise() { # PICTURE PNG
  local log=$scratch/log line sentence
  PENTIMENTO_PROGRESS=1 gegl "$1" -o "$2" -- pentimento:denoise 2>&1 | tee "$log" |
    while IFS= read -r -d $'\r' line; do printf '%s\r' "$line"; done >&2
  echo >&2
  sentence=$(grep -a 'Pentimento-WARNING' "$log" | tail -n 1) || true
  [[ -z $sentence ]] || die "the picture could not be denoised: ${sentence#*pentimento:denoise: }"
}

check_result() { # BEFORE AFTER
  local fault='' status=0
  if [[ ! -s $2 ]]; then
    fault="gegl wrote no result"
  elif [[ $(magick identify -format '%w %h' "$1") != "$(magick identify -format '%w %h' "$2")" ]]; then
    fault="the result is not of the picture's size"
  else
    magick compare -metric AE -fuzz 0.1% "$1" "$2" null: >/dev/null 2>&1 || status=$?
    ((status == 1)) || fault="the result is the picture unchanged"
  fi
  [[ -z $fault ]] || die "$fault; gegl said: $(tr '\r' '\n' <"$scratch/log" | tail -n 5)"
}

# Both at full size, or what lies in the middle of large ones: noise is not to be seen in a reduced picture.
before_after() { # BEFORE AFTER RESULT
  magick montage -font DejaVu-Sans -pointsize 18 -label before "$1" -label after "$2" \
    -gravity center -crop 800x800+0+0 +repage -tile 2x1 -geometry +4+4 -depth 8 "$3"
}

psnr() { # REFERENCE PICTURE
  { magick compare -metric PSNR "$1" "$2" null: 2>&1 || true; } | awk '{ printf "%.1f", $1 }'
}

# NAME.png in the current folder, or the first of NAME-2.png, NAME-3.png, ... that is free.
free_name() { # NAME
  local name=$1.png number=2
  while [[ -e ./$name || -L ./$name ]]; do
    name=$1-$((number++)).png
  done
  printf '%s\n' "$name"
}
