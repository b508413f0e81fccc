// A network of two or three layers: NAME, BATCH, D0 … D2 and for three layers D3, HIDDEN and OUTPUT
// (a function and its slope), FACTOR of the loss's gradient, SOFTMAX, ADAM.

#ifdef D3
#define OUT D3
#else
#define OUT D2
#endif
#define W2 (D0 * D1 + D1)
#define W3 (W2 + D1 * D2 + D2)
#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define FUNCTION(name) NAMED(JOIN(name, slope))

static T JOIN(NAME, y1)[BATCH * D1], JOIN(NAME, d1)[BATCH * D1];
#ifdef D3
static T JOIN(NAME, y2)[BATCH * D2], JOIN(NAME, d2)[BATCH * D2];
#endif
static T JOIN(NAME, delta)[BATCH * OUT];

void JOIN(NAME, forward)(const T *restrict p, const T *restrict x, T *restrict y) {
    T *y1 = JOIN(NAME, y1);
    NAMED(forward)(x, p, p + D0 * D1, y1, BATCH, D0, D1, NAMED(HIDDEN));
#ifdef D3
    T *y2 = JOIN(NAME, y2);
    NAMED(forward)(y1, p + W2, p + W2 + D1 * D2, y2, BATCH, D1, D2, NAMED(HIDDEN));
    NAMED(forward)(y2, p + W3, p + W3 + D2 * D3, y, BATCH, D2, D3, NAMED(OUTPUT));
#else
    NAMED(forward)(y1, p + W2, p + W2 + D1 * D2, y, BATCH, D1, D2, NAMED(OUTPUT));
#endif
    if (SOFTMAX) NAMED(softmax)(y, BATCH, OUT);
}

void JOIN(NAME, train)(T *restrict p, const T *restrict x, const T *restrict target, T *restrict y, T rate,
                       T *m, T *v, int step) {
    NAMED(rule) rule = {rate / BATCH, 0, 0};
    if (ADAM) {
        rule.rate = rate / (1 - pow(0.9, step));
        rule.mean = (T)1 / BATCH;
        rule.widen = 1 / (1 - pow(0.999, step));
    }
    T *y1 = JOIN(NAME, y1), *d1 = JOIN(NAME, d1), *delta = JOIN(NAME, delta);
    JOIN(NAME, forward)(p, x, y);
    for (int k = 0; k < BATCH * OUT; k++) delta[k] = FACTOR * (y[k] - target[k]) * OUTPUT_SLOPE(y[k]);
#ifdef D3
    T *y2 = JOIN(NAME, y2), *d2 = JOIN(NAME, d2);
    NAMED(backward)(delta, p + W3, y2, d2, BATCH, D2, D3, FUNCTION(HIDDEN));
    NAMED(update)(y2, delta, p + W3, m + W3, v + W3, BATCH, D2, D3, ADAM, rule);
#else
    T *d2 = delta;
#endif
    NAMED(backward)(d2, p + W2, y1, d1, BATCH, D1, D2, FUNCTION(HIDDEN));
    NAMED(update)(y1, d2, p + W2, m + W2, v + W2, BATCH, D1, D2, ADAM, rule);
    NAMED(update)(x, d1, p, m, v, BATCH, D0, D1, ADAM, rule);
}

#undef OUT
#undef W2
#undef W3
#undef JOIN_
#undef JOIN
#undef FUNCTION
#undef NAME
#undef BATCH
#undef D0
#undef D1
#undef D2
#undef D3
