// Branch-free polynomial functions that the compiler can vectorise. No trick that -ffast-math would undo:
// rounding is rint.
#include <math.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

INLINE float scale_f32(float k) {
    int32_t bits = ((int32_t)k + 127) << 23;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return scale;
}

INLINE double scale_f64(double k) {
    int64_t bits = ((int64_t)k + 1023) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return scale;
}

// e^r - 1: coefficients of Cephes.
INLINE float rest_f32(float r) {
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    return p * r * r + r;
}

// e^r - 1: Taylor's, even and odd powers apart.
INLINE double rest_f64(double r) {
    double s = r * r;
    double even = 1.0 / 479001600;
    even = even * s + 1.0 / 3628800;
    even = even * s + 1.0 / 40320;
    even = even * s + 1.0 / 720;
    even = even * s + 1.0 / 24;
    even = even * s + 0.5;
    double odd = 1.0 / 6227020800;
    odd = odd * s + 1.0 / 39916800;
    odd = odd * s + 1.0 / 362880;
    odd = odd * s + 1.0 / 5040;
    odd = odd * s + 1.0 / 120;
    odd = odd * s + 1.0 / 6;
    return (odd * r + even) * s + r;
}

#define FUNCTIONS(T, suffix, low, high, tanh_bound, head, tail, round)                        \
    INLINE T exp_##suffix(T x) {                                                              \
        x = x < low ? low : x > high ? high : x;                                              \
        T k = round(x * (T)1.4426950408889634);                                               \
        T scale = scale_##suffix(k);                                                          \
        return scale + scale * rest_##suffix(x - k * head - k * tail);                        \
    }                                                                                         \
    /* (e^2x - 1) / (e^2x + 1), where e^2x - 1 keeps its digits. */                           \
    INLINE T tanh_##suffix(T x) {                                                             \
        x = x + x;                                                                            \
        x = x < -tanh_bound ? -tanh_bound : x > tanh_bound ? tanh_bound : x;                  \
        T k = round(x * (T)1.4426950408889634);                                               \
        T scale = scale_##suffix(k);                                                          \
        T less_one = scale * rest_##suffix(x - k * head - k * tail) + (scale - 1);            \
        return less_one / (less_one + 2);                                                     \
    }                                                                                         \
    INLINE T sigmoid_##suffix(T x) { return 1 / (1 + exp_##suffix(-x)); }                     \
    INLINE T relu_##suffix(T x) { return x > 0 ? x : 0; }                                     \
    INLINE T none_##suffix(T x) { return x; }                                                 \
    INLINE T tanh_slope_##suffix(T y) { return 1 - y * y; }                                   \
    INLINE T sigmoid_slope_##suffix(T y) { return y * (1 - y); }                              \
    INLINE T relu_slope_##suffix(T y) { return y > 0 ? 1 : 0; }

FUNCTIONS(float, f32, -87.3f, 88.3f, 20.0f, 0.693359375f, -2.12194440e-4f, rintf)
FUNCTIONS(double, f64, -708.0, 709.0, 44.0, 0.6931471803691238, 1.9082149292705877e-10, rint)
