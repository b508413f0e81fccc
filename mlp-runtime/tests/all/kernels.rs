//! The kernels against loops by index, on arrays of many sizes.

use mlp_runtime::__private::*;

fn vector<const N: usize>(name: &str) -> [f32; N] {
    let mut x = [0.0; N];
    Stream::new(3, N as u64, name).uniform_vector(-2.0, 2.0, &mut x);
    x
}

/// Σ over 0..n in order, from the first term: a sum as the language defines it.
fn naive_sum(n: usize, term: impl Fn(usize) -> f32) -> f32 {
    let mut total = term(0);
    for i in 1..n {
        total += term(i);
    }
    total
}

fn check_reductions<const N: usize>() {
    let (a, b) = (vector::<N>("a"), vector::<N>("b"));
    assert_eq!(sum(&a).to_bits(), naive_sum(N, |i| a[i]).to_bits());
    assert_eq!(Portable.dot::<false, _, _>(&a, &b).to_bits(), naive_sum(N, |i| a[i] * b[i]).to_bits());

    let greatest = a.into_iter().fold(f32::MIN, f32::max);
    let exponential = |i: usize| Scalar::exp(a[i] - greatest);
    let total = naive_sum(N, exponential);
    let mut p = [f32::NAN; N];
    softmax(&a, &mut p);
    for (i, p) in p.into_iter().enumerate() {
        assert_eq!(p.to_bits(), (exponential(i) / total).to_bits());
    }

    let log_sum = Scalar::ln(total);
    let loss = naive_sum(N, |i| b[i] * (log_sum - (a[i] - greatest)));
    assert_eq!(softmax_cross_entropy(&a, &b).to_bits(), loss.to_bits());
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
    assert!(Portable.dot::<false, _, _>(&[-0.0_f64], &[1.0]).is_sign_negative());
}

#[test]
fn sums_run_in_index_order() {
    let x = [1.0_f64, 1e16, -1e16, 1.0];
    assert_eq!(sum(&x), 1.0);
    assert_eq!(Portable.dot::<false, _, _>(&x, &[1.0; 4]), 1.0);
}

#[test]
fn products_and_sums_are_rounded_separately() {
    let x = 1.0 + f64::EPSILON;
    assert_eq!(Portable.dot::<false, _, _>(&[x, -1.0], &[x, x * x]), 0.0);
}

#[test]
fn empty_sums_are_zero() {
    assert_eq!(sum::<f64, 0>(&[]), 0.0);
    assert_eq!(softmax_cross_entropy::<f64, 0>(&[], &[]), 0.0);
    softmax::<f64, 0>(&[], &mut []);
}

#[test]
fn scalars_and_vectors_add_and_divide() {
    let mut total = 1.5;
    add_scalar(false, &mut total, 2.0);
    divide_scalar(&mut total, 7.0);
    assert_eq!(total, 0.5);
    let mut total = [1.0, 2.0, 3.0];
    add_vector(false, &mut total, &[1.0, 4.0, 6.0]);
    divide_vector(&mut total, 2.0);
    assert_eq!(total, [1.0, 3.0, 4.5]);
    add_vector(true, &mut total, &[1.0, -0.0, 6.0]);
    assert_eq!(total.map(f64::to_bits), [1.0, 0.0, 6.0].map(f64::to_bits));
    divide_vector(&mut total, 2.0);
    let mut all = [[f64::NAN; 3]; 2];
    add_matrix(true, &mut all, &[total; 2]);
    divide_matrix(&mut all, 0.5);
    assert_eq!(all, [[1.0, 0.0, 6.0]; 2]);
    outer(&[2.0, 3.0], &total, &mut all);
    assert_eq!(all, [[1.0, 0.0, 6.0], [1.5, 0.0, 9.0]]);
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
    // A class of probability 0 does not change the loss if it is not the target.
    assert_eq!(softmax_cross_entropy(&[0.0, f64::NEG_INFINITY], &[1.0, 0.0]), 0.0);
    assert_eq!(softmax_cross_entropy(&[0.0, f64::NEG_INFINITY], &[0.0, 1.0]), f64::INFINITY);
    let loss = softmax_cross_entropy(&[0.0; 4], &[0.25; 4]);
    assert_eq!(loss, 4.0_f64.ln());
}

#[test]
fn parts_are_put_and_matrices_transposed() {
    let mut y = [0.0; 5];
    put_slice(&[1.0, 2.0], 1, &mut y);
    put_slice(&[8.0, 9.0], 4, &mut y);
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
