//! Bytes as a file of arrays: whatever they are, memory stays within the limit, and what is read can be written and read again.

use mlp_tensors::{Format, Tensor, list, write_npz, write_safetensors};

/// The bytes that arrays may take.
const LIMIT: u64 = 1 << 20;

pub(crate) fn arrays(data: &[u8]) {
    for format in [Format::Npy, Format::Npz, Format::Safetensors] {
        match list(data, format, LIMIT) {
            Ok(found) => {
                let bytes: usize = found.iter().map(|array| array.bytes.len()).sum();
                assert!(bytes as u64 <= LIMIT + data.len() as u64);
                for array in &found {
                    let numbers = array.shape.iter().product::<usize>();
                    assert_eq!((numbers, None), (array.count(), array.number(array.count())));
                }
                let tensors: Vec<Tensor> = found.iter().filter_map(|array| array.tensor().ok()).collect();
                are_read_again(&tensors);
            }
            Err(error) => {
                let said = error.to_string();
                assert!(!said.is_empty() && said.chars().all(|of| !of.is_control()), "{said:?}");
            }
        }
    }
}

fn are_read_again(tensors: &[Tensor]) {
    let files = [
        (Format::Npz, write_npz(tensors)),
        (Format::Safetensors, write_safetensors(tensors, &[("key", "value")])),
    ];
    for (format, file) in files {
        // A name may be none of a file.
        let Ok(file) = file else { continue };
        let again = mlp_tensors::read(&file, format, u64::MAX).expect("a file that was written");
        let is_same = again.iter().zip(tensors).all(|(a, b)| (&a.name, &a.shape) == (&b.name, &b.shape));
        assert!(is_same && again.len() == tensors.len());
    }
}
