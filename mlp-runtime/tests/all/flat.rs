//! All tensors as one slice, and arithmetic with them.

use mlp_runtime::*;

/// Two rows and a number.
#[derive(Clone, Debug, PartialEq)]
struct Own {
    rows: [[f32; 3]; 2],
    number: f32,
}

/// The rows alone.
struct Rows([[f32; 3]; 2]);

/// The number by another shape.
struct Wrong([f32; 2]);

const ROWS: Parameter =
    Parameter { name: "rows", kind: ParameterKind::Weight, shape: ParameterShape::Matrix(2, 3) };
const NUMBER: Parameter =
    Parameter { name: "number", kind: ParameterKind::Bias, shape: ParameterShape::Scalar };
const TWO: Parameter =
    Parameter { name: "number", kind: ParameterKind::Bias, shape: ParameterShape::Vector(2) };

macro_rules! tensors {
    ($type:ident: [$($tensor:expr),*], $of:ident, [$($number:literal => $read:expr, $change:expr;)*]) => {
        impl Tensors for $type {
            type Scalar = f32;
            const TENSORS: &'static [Parameter] = &[$($tensor),*];

            fn tensor(&self, number: usize) -> Option<&[f32]> {
                let $of = self;
                match number { $($number => Some($read),)* _ => None }
            }

            fn tensor_mut(&mut self, number: usize) -> Option<&mut [f32]> {
                let $of = self;
                match number { $($number => Some($change),)* _ => None }
            }
        }
    };
}
tensors!(Own: [ROWS, NUMBER], of, [
    0 => of.rows.as_flattened(), of.rows.as_flattened_mut();
    1 => core::slice::from_ref(&of.number), core::slice::from_mut(&mut of.number);
]);
tensors!(Rows: [ROWS], of, [0 => of.0.as_flattened(), of.0.as_flattened_mut();]);
tensors!(Wrong: [TWO], of, [0 => &of.0, &mut of.0;]);

fn own() -> Own {
    Own { rows: [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], number: 7.0 }
}

#[test]
fn one_slice_has_all_elements_in_order() {
    let (mut of, mut flat) = (own(), [0.0; 7]);
    assert_eq!(Own::ELEMENTS, 7);
    of.copy_to_slice(&mut flat).unwrap();
    assert_eq!(flat, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    flat.reverse();
    of.copy_from_slice(&flat).unwrap();
    assert_eq!(of, Own { rows: [[7.0, 6.0, 5.0], [4.0, 3.0, 2.0]], number: 1.0 });
}

#[test]
fn a_wrong_length_changes_nothing() {
    let mut of = own();
    for length in [0, 6, 8] {
        let mut flat = vec![0.5; length];
        let wrong = Err(WrongLength { length, expected: 7 });
        assert_eq!((of.copy_from_slice(&flat), of.copy_to_slice(&mut flat)), (wrong, wrong));
        assert!(of == own() && flat.iter().all(|number| *number == 0.5));
    }
    let said = WrongLength { length: 6, expected: 7 }.to_string();
    assert_eq!(said, "the slice has length 6, but length 7 is needed");
}

#[test]
fn tensors_are_found_by_name() {
    let mut of = own();
    assert_eq!((of.named("number"), of.named("numbers")), (Some(&[7.0][..]), None));
    of.named_mut("rows").unwrap()[5] = 0.0;
    assert!(of.rows[1][2] == 0.0 && of.named_mut("").is_none());
    of.copy_named(&Rows([[0.5; 3]; 2])).unwrap();
    assert_eq!(of, Own { rows: [[0.5; 3]; 2], number: 7.0 });
    of.copy_all(&own());
    assert_eq!(of, own());
}

#[test]
fn what_does_not_fit_changes_nothing_and_names_both_shapes() {
    let mut of = own();
    let found = of.copy_named(&Wrong([0.0; 2])).unwrap_err();
    assert_eq!(found, TensorMismatch { tensor: TWO, found: Some(NUMBER) });
    assert_eq!(found.to_string(), "`number` has the shape [2], but [] is needed");
    let found = Rows([[0.0; 3]; 2]).add_scaled(1.0, &of).unwrap_err();
    assert_eq!(found, TensorMismatch { tensor: NUMBER, found: None });
    assert_eq!(found.to_string(), "`number` of shape [] has no counterpart: no tensor has its name");
    assert_eq!((of.add_scaled(1.0, &Wrong([0.0; 2])).is_err(), of), (true, own()));
}

/// Products and sums are rounded one by one.
#[test]
fn arithmetic() {
    let mut of = own();
    of.add_scaled(-0.1, &Rows([[1.0, 2.0, 3.0], [4.0, 5.0, 0.7]])).unwrap();
    assert_eq!(of.rows[1][2].to_bits(), (6.0_f32 + -0.1_f32 * 0.7).to_bits());
    assert_eq!(of.number, 7.0);
    of.scale(3.0);
    assert_eq!((of.number, of.rows[0][0]), (21.0, (1.0 - 0.1_f32) * 3.0));
    of.fill(-0.0);
    assert_eq!((of.number.to_bits(), of.norm()), ((-0.0_f32).to_bits(), 0.0));
    assert!(of.is_finite());
}

/// One sum in 64 bits, in order: in another order the bits differ.
#[test]
fn the_norm_is_a_sum_in_order() {
    assert_eq!(own().norm().to_bits(), 140.0_f64.sqrt().to_bits());
    let of = Own { rows: [[1e19, 1.0, 3e-20], [1e-4, 3.0, 1.7]], number: 1.0 };
    let mut sum = 0.0;
    for number in of.rows.as_flattened().iter().chain([&of.number]) {
        sum += f64::from(*number) * f64::from(*number);
    }
    assert_eq!(of.norm().to_bits(), sum.sqrt().to_bits());
    assert!(Own { number: f32::NAN, ..own() }.norm().is_nan());
    // No square of a 32-bit number is infinite or 0 in 64 bits.
    let mut tiny = own();
    tiny.fill(f32::MIN_POSITIVE);
    assert!(tiny.norm() > 0.0);
    tiny.fill(f32::MAX);
    assert!(tiny.norm().is_finite());
}
