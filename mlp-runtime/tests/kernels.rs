//! The kernels, against loops by index, on arrays of many sizes.

use mlp_runtime::*;

fn vector<const N: usize>(name: &str) -> [f32; N] {
    let mut x = [0.0; N];
    Stream::new(3, N as u64, name).uniform_vector(-2.0, 2.0, &mut x);
    x
}

fn matrix<const N: usize, const M: usize>(name: &str) -> [[f32; M]; N] {
    let mut x = [[0.0; M]; N];
    Stream::new(3, N as u64, name).uniform_matrix(-2.0, 2.0, &mut x);
    x
}

/// Σ over 0..n in order, from the first term: what the language says a sum is.
fn naive_sum(n: usize, term: impl Fn(usize) -> f32) -> f32 {
    let mut total = term(0);
    for i in 1..n {
        total += term(i);
    }
    total
}

/// Results must have the naive loops' bits, whatever was in their places.
#[allow(clippy::needless_range_loop, reason = "the reference is plain on purpose")]
fn check_products<const N: usize, const M: usize>() {
    let (a, b, w) = (vector::<N>("a"), vector::<M>("b"), matrix::<N, M>("w"));

    let mut forward = [f32::NAN; M];
    vector_matrix(&a, &w, &mut forward);
    for j in 0..M {
        assert_eq!(forward[j].to_bits(), naive_sum(N, |i| a[i] * w[i][j]).to_bits());
    }

    let mut backward = [f32::NAN; N];
    matrix_vector(&w, &b, &mut backward);
    for i in 0..N {
        assert_eq!(backward[i].to_bits(), naive_sum(M, |j| w[i][j] * b[j]).to_bits());
    }

    let mut product = [[f32::NAN; M]; N];
    outer(&a, &b, &mut product);
    let mut total = w;
    add_outer(&mut total, &a, &b);
    let mut sum = w;
    add_matrix(&mut sum, &product);
    let mut divided = w;
    divide_matrix(&mut divided, 3.0);
    for i in 0..N {
        for j in 0..M {
            assert_eq!(product[i][j], a[i] * b[j]);
            assert_eq!(total[i][j], w[i][j] + a[i] * b[j]);
            assert_eq!(sum[i][j], total[i][j]);
            assert_eq!(divided[i][j], w[i][j] / 3.0);
        }
    }
}

fn check_reductions<const N: usize>() {
    let (a, b) = (vector::<N>("a"), vector::<N>("b"));
    assert_eq!(sum(&a).to_bits(), naive_sum(N, |i| a[i]).to_bits());
    assert_eq!(dot(&a, &b).to_bits(), naive_sum(N, |i| a[i] * b[i]).to_bits());

    let greatest = a.into_iter().fold(f32::MIN, f32::max);
    let exponential = |i: usize| Scalar::exp(a[i] - greatest);
    let total = naive_sum(N, exponential);
    let mut p = [f32::NAN; N];
    softmax(&a, &mut p);
    for (i, p) in p.into_iter().enumerate() {
        assert_eq!(p.to_bits(), (exponential(i) / total).to_bits());
    }

    let log_sum_exp = greatest + Scalar::ln(total);
    let loss = naive_sum(N, |i| b[i] * (log_sum_exp - a[i]));
    assert_eq!(softmax_cross_entropy(&a, &b).to_bits(), loss.to_bits());
}

#[test]
fn products_agree_with_naive_loops() {
    check_products::<1, 1>();
    check_products::<1, 7>();
    check_products::<7, 1>();
    check_products::<2, 3>();
    check_products::<5, 8>();
    check_products::<16, 16>();
    check_products::<17, 33>();
    check_products::<64, 10>();
    check_products::<31, 129>();
}

#[test]
fn reductions_agree_with_naive_loops() {
    check_reductions::<1>();
    check_reductions::<2>();
    check_reductions::<3>();
    check_reductions::<8>();
    check_reductions::<17>();
    check_reductions::<100>();
}

#[test]
fn sums_start_with_the_first_term() {
    assert!(sum(&[-0.0_f64]).is_sign_negative());
    assert!(sum(&[-0.0_f64; 2]).is_sign_negative());
    assert!(dot(&[-0.0_f64], &[1.0]).is_sign_negative());
    let mut y = [1.0_f64];
    vector_matrix(&[-0.0], &[[1.0]], &mut y);
    assert!(y[0].is_sign_negative());
}

#[test]
fn sums_run_in_index_order() {
    let x = [1.0_f64, 1e16, -1e16, 1.0];
    assert_eq!(sum(&x), 1.0);
    assert_eq!(dot(&x, &[1.0; 4]), 1.0);
    let mut y = [0.0];
    vector_matrix(&x, &[[1.0]; 4], &mut y);
    assert_eq!(y, [1.0]);
}

#[test]
fn products_and_sums_are_rounded_separately() {
    let x = 1.0 + f64::EPSILON;
    assert_eq!(dot(&[x, -1.0], &[x, x * x]), 0.0);
}

#[test]
fn empty_sums_are_zero() {
    let mut y = [1.0_f64; 3];
    vector_matrix(&[], &[], &mut y);
    assert_eq!(y, [0.0; 3]);
    let mut y = [1.0_f64; 3];
    matrix_vector(&[[]; 3], &[], &mut y);
    assert_eq!(y, [0.0; 3]);
    assert_eq!(sum::<f64, 0>(&[]), 0.0);
    assert_eq!(softmax_cross_entropy::<f64, 0>(&[], &[]), 0.0);
    softmax::<f64, 0>(&[], &mut []);
}

#[test]
fn scalars_and_vectors_add_and_divide() {
    let mut total = 1.5;
    add_scalar(&mut total, 2.0);
    divide_scalar(&mut total, 7.0);
    assert_eq!(total, 0.5);
    let mut total = [1.0, 2.0, 3.0];
    add_vector(&mut total, &[1.0, 4.0, 6.0]);
    divide_vector(&mut total, 2.0);
    assert_eq!(total, [1.0, 3.0, 4.5]);
}

#[test]
fn softmax_bears_large_arguments() {
    let mut p = [0.0; 3];
    softmax(&[1000.0, -1000.0, 1000.0], &mut p);
    assert_eq!(p, [0.5, 0.0, 0.5]);
    softmax(&[f64::NEG_INFINITY, 0.0, f64::NEG_INFINITY], &mut p);
    assert_eq!(p, [0.0, 1.0, 0.0]);
    softmax(&[0.0, f64::NAN, 0.0], &mut p);
    assert!(p.iter().all(|p| p.is_nan()));
}

#[test]
fn cross_entropy_bears_large_arguments() {
    assert_eq!(softmax_cross_entropy(&[1000.0, -1000.0], &[0.0, 1.0]), 2000.0);
    assert_eq!(softmax_cross_entropy(&[1000.0, -1000.0], &[1.0, 0.0]), 0.0);
    // An impossible class costs nothing as long as it is no target.
    assert_eq!(softmax_cross_entropy(&[0.0, f64::NEG_INFINITY], &[1.0, 0.0]), 0.0);
    assert_eq!(softmax_cross_entropy(&[0.0, f64::NEG_INFINITY], &[0.0, 1.0]), f64::INFINITY);
    let loss = softmax_cross_entropy(&[0.0; 4], &[0.25; 4]);
    assert_eq!(loss, 4.0_f64.ln());
}

#[test]
fn parts_are_put_and_matrices_transposed() {
    let mut y = [0.0; 5];
    put_part(&[1.0, 2.0], 1, &mut y);
    put_part(&[8.0, 9.0], 4, &mut y);
    assert_eq!(y, [0.0, 1.0, 2.0, 0.0, 8.0]);
    let mut w = [[0.0; 2]; 3];
    transpose(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], &mut w);
    assert_eq!(w, [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]);
}

#[test]
fn squares_are_summed_in_order() {
    let x: [f64; 3] = [1e8, 1.0, 1e-8];
    assert_eq!(sum_squares(&x), (1e8 * 1e8 + 1.0) + 1e-8 * 1e-8);
    assert_eq!(sum_squares_matrix(&[[3.0, 4.0], [12.0, 0.0]]), 169.0);
}
