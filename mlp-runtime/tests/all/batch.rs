//! Batches, and the errors of their construction.

use mlp_runtime::{__private::check_outputs, Batch, BatchError, rows_from_flat};

#[test]
fn a_batch_pairs_inputs_with_targets() {
    let (inputs, targets) = ([[1.0, 2.0], [3.0, 4.0]], [[5.0], [6.0]]);
    let batch = Batch::new(&inputs, &targets).unwrap();
    assert_eq!(batch.len(), 2);
    assert_eq!(batch.inputs(), inputs);
    assert_eq!(batch.targets(), targets);
    let pairs = [(&[1.0, 2.0], &[5.0]), (&[3.0, 4.0], &[6.0])];
    assert!(batch.iter().eq(pairs));
    assert!((&batch).into_iter().eq(pairs));
    assert!(batch.into_iter().eq(pairs));
}

#[test]
fn a_batch_of_anything_is_copied() {
    struct Opaque;
    let batch = Batch::new(&[Opaque], &[Opaque]).unwrap();
    let copy = batch;
    assert_eq!(batch.len(), copy.len());
}

#[test]
fn lengths_must_agree_and_not_be_zero() {
    let batch = |inputs: &[u8], targets: &[u8]| Batch::new(inputs, targets).map(|b| b.len());
    assert_eq!(batch(&[1, 2], &[1]), Err(BatchError::Lengths { inputs: 2, targets: 1 }));
    assert_eq!(batch(&[], &[1]), Err(BatchError::Lengths { inputs: 0, targets: 1 }));
    assert_eq!(batch(&[], &[]), Err(BatchError::Empty));
}

fn flat(inputs: &[f32], targets: &[f32]) -> Result<usize, BatchError> {
    Batch::<[f32; 3], [f32; 2]>::from_flat(inputs, targets).map(|batch| batch.len())
}

#[test]
fn flat_slices_divide_into_samples() {
    let (inputs, targets) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [7.0, 8.0, 9.0, 10.0]);
    let batch: Batch<'_, [f32; 3], [f32; 2]> = Batch::from_flat(&inputs, &targets).unwrap();
    assert_eq!(batch.inputs(), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    assert_eq!(batch.targets(), [[7.0, 8.0], [9.0, 10.0]]);
}

#[test]
fn flat_slices_that_do_not_divide_are_errors() {
    assert_eq!(flat(&[0.0; 7], &[0.0; 4]), Err(BatchError::Columns { length: 7, columns: 3 }));
    assert_eq!(flat(&[0.0; 2], &[0.0; 4]), Err(BatchError::Columns { length: 2, columns: 3 }));
    assert_eq!(flat(&[0.0; 6], &[0.0; 5]), Err(BatchError::Columns { length: 5, columns: 2 }));
    assert_eq!(flat(&[0.0; 6], &[0.0; 2]), Err(BatchError::Lengths { inputs: 2, targets: 1 }));
    assert_eq!(flat(&[], &[]), Err(BatchError::Empty));
}

#[test]
fn rows_may_be_none() {
    assert_eq!(rows_from_flat::<f64, 3>(&[]), Ok(&[][..]));
    assert_eq!(rows_from_flat(&[1, 2, 3, 4]), Ok(&[[1, 2], [3, 4]][..]));
    assert_eq!(rows_from_flat::<_, 3>(&[1, 2]), Err(BatchError::Columns { length: 2, columns: 3 }));
}

#[test]
fn outputs_must_be_as_many_as_inputs() {
    assert_eq!(check_outputs(0, 0), Ok(()));
    assert_eq!(check_outputs(3, 3), Ok(()));
    assert_eq!(check_outputs(3, 2), Err(BatchError::Outputs { inputs: 3, outputs: 2 }));
}

#[test]
fn messages_name_the_numbers_and_the_remedy() {
    let cases = [
        (BatchError::Empty, "the batch is empty; pass at least one sample"),
        (
            BatchError::Lengths { inputs: 2, targets: 1 },
            "the numbers of inputs and of targets differ, 2 and 1; pass one target for each input",
        ),
        (
            BatchError::Outputs { inputs: 2, outputs: 1 },
            "the numbers of inputs and of outputs differ, 2 and 1; \
             pass a slice with one output for each input",
        ),
        (
            BatchError::Columns { length: 7, columns: 3 },
            "a slice of length 7 does not divide into samples of length 3; \
             pass one whose length is a multiple of 3",
        ),
        (
            BatchError::Width { columns: 4, expected: 3 },
            "the view has rows of length 4 where samples have length 3; \
             pass a view with one sample in each row",
        ),
        (
            BatchError::Layout,
            "the view is not contiguous in row-major order; \
             copy it with `as_standard_layout()` and pass a view of the copy",
        ),
    ];
    for (error, message) in cases {
        let error: &dyn core::error::Error = &error;
        assert_eq!(error.to_string(), message);
    }
}
