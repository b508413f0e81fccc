// Networks as one writes them by hand in C for sizes that are constants.
#include "functions.h"

#define PASTE_(a, b) a##_##b
#define PASTE(a, b) PASTE_(a, b)
#define ONE(y) 1

#define T float
#define SUFFIX f32
#define NAMED(name) PASTE(name, SUFFIX)
#include "layer.h"
#undef T
#undef SUFFIX
#define T double
#define SUFFIX f64
#include "layer.h"

// W1: numbers are double.
#define NAME w1
#define BATCH 1
#define D0 2
#define D1 2
#define D2 2
#define HIDDEN sigmoid
#define OUTPUT sigmoid
#define OUTPUT_SLOPE sigmoid_slope_f64
#define FACTOR 1
#define SOFTMAX 0
#define ADAM 0
#include "network.h"

#undef T
#undef SUFFIX
#define T float
#define SUFFIX f32

#undef HIDDEN
#undef OUTPUT
#undef OUTPUT_SLOPE
#undef FACTOR
#define HIDDEN tanh
#define OUTPUT tanh
#define OUTPUT_SLOPE tanh_slope_f32
#define FACTOR ((T)2 / D3)

#define NAME w2
#define BATCH 1
#define D0 4
#define D1 16
#define D2 16
#define D3 2
#include "network.h"

#define NAME w3
#define BATCH 1
#define D0 17
#define D1 64
#define D2 64
#define D3 6
#include "network.h"

#undef HIDDEN
#undef OUTPUT
#undef OUTPUT_SLOPE
#undef FACTOR
#undef SOFTMAX
#define OUTPUT none
#define OUTPUT_SLOPE ONE
#define FACTOR 1
#define SOFTMAX 1

#define HIDDEN sigmoid
#define NAME w4
#define BATCH 50
#define D0 1024
#define D1 20
#define D2 15
#define D3 10
#include "network.h"

#undef HIDDEN
#define HIDDEN relu
#define NAME w5
#define BATCH 64
#define D0 784
#define D1 128
#define D2 10
#include "network.h"

#define NAME w5_one
#define BATCH 1
#define D0 784
#define D1 128
#define D2 10
#include "network.h"

#define NAME w6
#define BATCH 128
#define D0 784
#define D1 512
#define D2 512
#define D3 10
#include "network.h"

#undef ADAM
#define ADAM 1
#define NAME w5_adam
#define BATCH 64
#define D0 784
#define D1 128
#define D2 10
#include "network.h"

#undef ADAM
#define ADAM 0
#undef T
#undef SUFFIX
#define T double
#define SUFFIX f64

#define NAME w6_f64
#define BATCH 128
#define D0 784
#define D1 512
#define D2 512
#define D3 10
#include "network.h"

#undef HIDDEN
#define HIDDEN sigmoid
#define NAME w4_f64
#define BATCH 50
#define D0 1024
#define D1 20
#define D2 15
#define D3 10
#include "network.h"
