//! Inputs, outputs and targets of a number of numbers that is known only when a program runs.

use mlp_runtime::__private::{next_target, put_next_target};
use mlp_runtime::*;

/// Read and written as generic code does it.
fn through<V: Values<f64>>(numbers: &[f64]) -> Result<(V, f64), WrongLength> {
    let mut value = V::ZERO;
    value.as_mut().copy_from_slice(V::from_slice(numbers)?.as_ref());
    Ok((value, value.as_ref().iter().sum()))
}

#[test]
fn values_are_made_of_slices() {
    assert_eq!(through::<[f64; 3]>(&[1.0, 2.0, 3.5]), Ok(([1.0, 2.0, 3.5], 6.5)));
    for length in [0, 2, 4] {
        let wrong = through::<[f64; 3]>(&vec![1.0; length]);
        assert_eq!(wrong, Err(WrongLength { length, expected: 3 }));
    }
    assert_eq!(<[f64; 40] as Values<f64>>::ZERO, [0.0; 40]);
}

#[test]
fn rows_are_views() {
    let mut flat = [1.0, 2.0, 3.0, 4.0];
    let rows = <[f64; 2]>::rows_mut(&mut flat).unwrap();
    rows[1][0] = 0.0;
    assert_eq!(<[f64; 2]>::rows(&flat), Ok(&[[1.0, 2.0], [0.0, 4.0]][..]));
    assert_eq!(<[f64; 2]>::flat(&[[1.0, 2.0], [0.0, 4.0]]), flat);
    let wrong = BatchError::Columns { length: 4, columns: 3 };
    assert_eq!(<[f64; 3]>::rows(&flat), Err(wrong));
    assert_eq!(<[f64; 3]>::rows_mut(&mut flat), Err(wrong));
    assert!(<[f64; 3]>::rows(&[]).unwrap().is_empty());
}

fn again<T: Targets<f32>>(numbers: &[f32]) -> Result<T, TargetError> {
    let target = T::from_numbers(numbers)?;
    let mut written = vec![-1.0; T::COUNT];
    target.write_numbers(&mut written)?;
    assert_eq!(written, numbers);
    let length = T::COUNT + 1;
    let wrong = WrongLength { length, expected: T::COUNT };
    assert_eq!(target.write_numbers(&mut vec![0.0; length]), Err(wrong));
    assert_eq!(T::from_numbers(&vec![0.0; length]), Err(TargetError::Length(wrong)));
    Ok(target)
}

#[test]
fn targets_are_told_by_numbers() {
    assert_eq!(again::<[f32; 2]>(&[0.5, 1.0]), Ok([0.5, 1.0]));
    assert_eq!(again::<f32>(&[0.5]), Ok(0.5));
    assert_eq!(again::<Class<3>>(&[2.0]), Ok(Class::new(2).unwrap()));
    for number in [3.0, -1.0, 0.5, f32::NAN, f32::INFINITY, -0.5, 1e30] {
        let wrong = again::<Class<3>>(&[number]).unwrap_err();
        assert!(matches!(wrong, TargetError::NoClass { classes: 3, .. }), "{number}: {wrong}");
    }
    let said = again::<Class<3>>(&[1.5]).unwrap_err().to_string();
    assert_eq!(said, "there is no class 1.5; classes are whole numbers from 0 on and there are 3");
}

/// Several targets of a sample are one after another.
#[test]
fn several_targets() {
    let mut numbers = &[1.0, 0.25, 0.75, 2.0][..];
    let label: Class<2> = next_target(&mut numbers).unwrap();
    let place: [f32; 2] = next_target(&mut numbers).unwrap();
    let weight: f32 = next_target(&mut numbers).unwrap();
    assert_eq!((label.index(), place, weight, numbers), (1, [0.25, 0.75], 2.0, &[][..]));
    let missing: Result<[f32; 2], _> = next_target(&mut numbers);
    assert_eq!(missing, Err(TargetError::Length(WrongLength { length: 0, expected: 2 })));
    let mut written = [0.0; 4];
    let mut rest = &mut written[..];
    put_next_target(&label, &mut rest).unwrap();
    put_next_target(&place, &mut rest).unwrap();
    put_next_target(&weight, &mut rest).unwrap();
    let wrong = WrongLength { length: 0, expected: 1 };
    assert_eq!(put_next_target::<f32, _>(&weight, &mut rest), Err(wrong));
    assert_eq!(written, [1.0, 0.25, 0.75, 2.0]);
}
