//! Classes are in range, however they are made.

use mlp_runtime::{Batch, Class};

#[test]
fn only_indices_in_range_are_classes() {
    assert_eq!(Class::<3>::new(2).map(Class::index), Some(2));
    assert_eq!(Class::<3>::new(3), None);
    assert_eq!(Class::<3>::at_most(9).index(), 2);
    let error = Class::<3>::try_from(7).map_err(|error| error.to_string());
    assert_eq!(error, Err("there is no class 7; classes are counted from 0 and there are 3".to_owned()));
}

#[test]
fn one_hot() {
    assert_eq!(Class::<3>::at_most(1).one_hot::<f32>(), [0.0, 1.0, 0.0]);
}

#[test]
fn a_batch_takes_classes() {
    let targets = [Class::<3>::at_most(0), Class::at_most(2)];
    assert_eq!(Batch::new(&[[0.5_f64], [1.5]], &targets).map(|batch| batch.len()), Ok(2));
}
