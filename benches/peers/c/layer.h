// One dense layer of numbers T. All sizes are constants where these are inlined.

#define WIDTH (64 / (int)sizeof(T)) // columns of a tile
#define HEIGHT 4                    // rows of a tile

// What a step does to `count` parameters in a row, given their gradients.
typedef struct {
    T rate, mean, widen; // of Adam: rate / (1 - beta1^n), 1 / batch, 1 / (1 - beta2^n)
} NAMED(rule);

INLINE void NAMED(step)(int adam, NAMED(rule) rule, T *w, T *m, T *v, const T *gradient, int count) {
    if (!adam) {
        for (int j = 0; j < count; j++) w[j] -= rule.rate * gradient[j];
        return;
    }
    for (int j = 0; j < count; j++) {
        T g = gradient[j] * rule.mean;
        m[j] = (T)0.9 * m[j] + (T)(1 - 0.9) * g;
        v[j] = (T)0.999 * v[j] + (T)(1 - 0.999) * g * g;
        w[j] -= rule.rate * m[j] / ((T)sqrt(v[j] * rule.widen) + (T)1e-8);
    }
}

// y = f(x w + b) for a tile of samples and columns.
INLINE void NAMED(forward_tile)(const T *restrict x, const T *restrict w, const T *restrict b, T *restrict y,
                                int rows, int columns, int in, int out, T f(T)) {
    T sums[HEIGHT][WIDTH];
    for (int s = 0; s < rows; s++)
        for (int j = 0; j < columns; j++) sums[s][j] = b[j];
    for (int i = 0; i < in; i++)
        for (int s = 0; s < rows; s++)
            for (int j = 0; j < columns; j++) sums[s][j] += x[s * in + i] * w[i * out + j];
    for (int s = 0; s < rows; s++)
        for (int j = 0; j < columns; j++) y[s * out + j] = f(sums[s][j]);
}

INLINE void NAMED(forward_columns)(const T *restrict x, const T *restrict w, const T *restrict b, T *restrict y,
                                   int columns, int batch, int in, int out, T f(T)) {
    for (int s = 0; s + HEIGHT <= batch; s += HEIGHT)
        NAMED(forward_tile)(x + s * in, w, b, y + s * out, HEIGHT, columns, in, out, f);
    for (int s = batch - batch % HEIGHT; s < batch; s++) NAMED(forward_tile)(x + s * in, w, b, y + s * out, 1, columns, in, out, f);
}

// One sample needs no tiles: the columns of a layer fit the registers, or stay in the cache.
INLINE void NAMED(forward_one)(const T *restrict x, const T *restrict w, const T *restrict b, T *restrict y,
                               int in, int out, T f(T)) {
    T sums[out];
    for (int j = 0; j < out; j++) sums[j] = b[j];
    for (int i = 0; i < in; i++)
        for (int j = 0; j < out; j++) sums[j] += x[i] * w[i * out + j];
    for (int j = 0; j < out; j++) y[j] = f(sums[j]);
}

INLINE void NAMED(forward)(const T *restrict x, const T *restrict w, const T *restrict b, T *restrict y,
                           int batch, int in, int out, T f(T)) {
    if (batch == 1) {
        NAMED(forward_one)(x, w, b, y, in, out, f);
        return;
    }
    int j = 0;
    for (; j + WIDTH <= out; j += WIDTH)
        NAMED(forward_columns)(x, w + j, b + j, y + j, WIDTH, batch, in, out, f);
    if (out % WIDTH) NAMED(forward_columns)(x, w + j, b + j, y + j, out % WIDTH, batch, in, out, f);
}

// dx = (delta wT) f'(x), each row of w read once for four samples.
INLINE void NAMED(backward)(const T *restrict delta, const T *restrict w, const T *restrict x, T *restrict dx,
                            int batch, int in, int out, T slope(T)) {
    for (int s = 0; s + HEIGHT <= batch; s += HEIGHT) {
        const T *d = delta + s * out;
        for (int i = 0; i < in; i++) {
            T a = 0, b = 0, c = 0, e = 0;
            for (int j = 0; j < out; j++) {
                T weight = w[i * out + j];
                a += weight * d[j];
                b += weight * d[out + j];
                c += weight * d[2 * out + j];
                e += weight * d[3 * out + j];
            }
            T sums[HEIGHT] = {a, b, c, e};
            for (int r = 0; r < HEIGHT; r++) dx[(s + r) * in + i] = sums[r] * slope(x[(s + r) * in + i]);
        }
    }
    for (int s = batch - batch % HEIGHT; s < batch; s++)
        for (int i = 0; i < in; i++) {
            T sum = 0;
            for (int j = 0; j < out; j++) sum += w[i * out + j] * delta[s * out + j];
            dx[s * in + i] = sum * slope(x[s * in + i]);
        }
}

// A step along xT delta for a tile of weights.
INLINE void NAMED(update_tile)(const T *restrict x, const T *restrict delta, T *restrict w, T *m, T *v, int rows,
                               int columns, int batch, int in, int out, int adam, NAMED(rule) rule) {
    T sums[HEIGHT][WIDTH] = {{0}};
    for (int s = 0; s < batch; s++) {
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++)
            for (int j = 0; j < columns; j++) sums[r][j] += x[s * in + r] * delta[s * out + j];
    }
    for (int r = 0; r < rows; r++)
        NAMED(step)(adam, rule, w + r * out, m + r * out, v + r * out, sums[r], columns);
}

INLINE void NAMED(update_columns)(const T *restrict x, const T *restrict delta, T *restrict w, T *m, T *v,
                                  int columns, int batch, int in, int out, int adam, NAMED(rule) rule) {
    for (int i = 0; i + HEIGHT <= in; i += HEIGHT) {
        int at = i * out;
        NAMED(update_tile)(x + i, delta, w + at, m + at, v + at, HEIGHT, columns, batch, in, out, adam, rule);
    }
    for (int i = in - in % HEIGHT; i < in; i++) {
        int at = i * out;
        NAMED(update_tile)(x + i, delta, w + at, m + at, v + at, 1, columns, batch, in, out, adam, rule);
    }
}

INLINE void NAMED(update_biases)(const T *restrict delta, T *restrict b, T *m, T *v, int batch, int out, int adam,
                                 NAMED(rule) rule) {
    T sums[out];
    for (int j = 0; j < out; j++) sums[j] = 0;
    for (int s = 0; s < batch; s++)
        for (int j = 0; j < out; j++) sums[j] += delta[s * out + j];
    NAMED(step)(adam, rule, b, m, v, sums, out);
}

// Weights at w, biases after them; the same for m and v of Adam.
INLINE void NAMED(update)(const T *restrict x, const T *restrict delta, T *restrict w, T *m, T *v, int batch,
                          int in, int out, int adam, NAMED(rule) rule) {
    int b = in * out;
    NAMED(update_biases)(delta, w + b, m + b, v + b, batch, out, adam, rule);
    if (batch == 1 && !adam) {
        for (int i = 0; i < in; i++)
            for (int j = 0; j < out; j++) w[i * out + j] -= rule.rate * x[i] * delta[j];
        return;
    }
    int j = 0;
    for (; j + WIDTH <= out; j += WIDTH)
        NAMED(update_columns)(x, delta + j, w + j, m + j, v + j, WIDTH, batch, in, out, adam, rule);
    if (out % WIDTH)
        NAMED(update_columns)(x, delta + j, w + j, m + j, v + j, out % WIDTH, batch, in, out, adam, rule);
}

// Softmax of each row, in place.
INLINE void NAMED(softmax)(T *y, int batch, int out) {
    for (int s = 0; s < batch; s++, y += out) {
        T greatest = y[0], sum = 0;
        for (int j = 1; j < out; j++) greatest = y[j] > greatest ? y[j] : greatest;
        for (int j = 0; j < out; j++) y[j] = NAMED(exp)(y[j] - greatest);
        for (int j = 0; j < out; j++) sum += y[j];
        T scale = 1 / sum;
        for (int j = 0; j < out; j++) y[j] *= scale;
    }
}

#undef WIDTH
#undef HEIGHT
