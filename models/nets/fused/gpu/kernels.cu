// SPDX-License-Identifier: GPL-3.0-or-later
// The entry points, for one ELEMENT (float or Bfloat16) and LANES channels at once: both are given to the compiler.
#include "join.cuh"
#include "normalise.cuh"
#include "pointwise.cuh"
#include "small.cuh"

namespace pentimento::kernels {

template <class Kernel>
__device__ __forceinline__ void run(const typename Kernel::Arguments& arguments) {
  const Place here = {static_cast<int>(blockIdx.x), static_cast<int>(blockIdx.y),  static_cast<int>(gridDim.x),
                      static_cast<int>(gridDim.y),  static_cast<int>(threadIdx.x), static_cast<int>(threadIdx.y),
                      static_cast<int>(blockDim.x), static_cast<int>(blockDim.y)};
  if constexpr (Kernel::kPhases > 1) {
    __shared__ typename Kernel::Room room[Kernel::kRoom * kThreads];
    Kernel::first(arguments, here, room);
    __syncthreads();
    Kernel::second(arguments, here, room);
    if constexpr (Kernel::kPhases > 2) {
      __syncthreads();
      Kernel::third(arguments, here, room);
      __syncthreads();
      Kernel::fourth(arguments, here, room);
    }
  } else {
    Kernel::first(arguments, here, nullptr);
  }
}

}  // namespace pentimento::kernels

using namespace pentimento::kernels;

#define ENTRY(name, ...)                                                                                   \
  extern "C" __global__ void __launch_bounds__(kThreads, 3) name(const __VA_ARGS__::Arguments arguments) { \
    run<__VA_ARGS__>(arguments);                                                                           \
  }

ENTRY(moments, Moments<ELEMENT, LANES>)
ENTRY(statistics, Statistics)
ENTRY(normalise, Normalise<ELEMENT, LANES>)
ENTRY(gradient_moments, GradientMoments<ELEMENT, LANES>)
ENTRY(gradient_statistics, GradientStatistics)
ENTRY(gradient, Gradient<ELEMENT, LANES>)
ENTRY(small_normalise, SmallNormalise<ELEMENT, LANES>)
ENTRY(small_gradient, SmallGradient<ELEMENT, LANES>)
ENTRY(pad, Pad<ELEMENT, LANES>)
ENTRY(pad_gradient, PadGradient<ELEMENT, LANES>)
ENTRY(join, Join<ELEMENT, LANES>)
ENTRY(join_gradient, JoinGradient<ELEMENT, LANES>)
ENTRY(pointwise, Pointwise<ELEMENT, LANES>)
ENTRY(pointwise_gradient, PointwiseGradient<ELEMENT, LANES>)
ENTRY(pointwise_weight_gradient, PointwiseWeightGradient<ELEMENT, LANES>)
ENTRY(pointwise_totals, PointwiseTotals)
