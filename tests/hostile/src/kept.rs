//! Bytes as a file of numbers: whatever they are, nothing is half-read, and what is read is what the format's own library
//! reads.

use std::convert::Infallible;

use mlp_runtime::{
    Parameter, ParameterKind, ParameterShape, Tensors,
    keep::{File, Keep},
};
use safetensors::SafeTensors;

/// The tensors of the fixtures of weight files, and a number of steps.
#[derive(Clone)]
struct Held {
    w: [[f32; 3]; 2],
    b: [f32; 3],
    steps: Option<u64>,
}

impl Tensors for Held {
    type Scalar = f32;
    const TENSORS: &'static [Parameter] = &[
        Parameter { name: "W", kind: ParameterKind::Weight, shape: ParameterShape::Matrix(2, 3) },
        Parameter { name: "b", kind: ParameterKind::Bias, shape: ParameterShape::Vector(3) },
    ];

    fn tensor(&self, number: usize) -> Option<&[f32]> {
        match number {
            0 => Some(self.w.as_flattened()),
            1 => Some(&self.b),
            _ => None,
        }
    }

    fn tensor_mut(&mut self, number: usize) -> Option<&mut [f32]> {
        match number {
            0 => Some(self.w.as_flattened_mut()),
            1 => Some(&mut self.b),
            _ => None,
        }
    }

    fn steps(&self) -> Option<u64> {
        self.steps
    }

    fn steps_mut(&mut self) -> Option<&mut u64> {
        self.steps.as_mut()
    }
}

fn written(of: &Held) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = of.write(&[("key", "value".into())], |part| {
        bytes.extend(part);
        Ok::<(), Infallible>(())
    });
    assert!(written.is_ok());
    bytes
}

/// A whole file: for the slice of mutations, and to start from.
pub fn whole(has_steps: bool) -> Vec<u8> {
    let w = [[0.5, -1.0, 2.0], [0.25, 0.0, -0.125]];
    written(&Held { w, b: [1.0, f32::NAN, -0.0], steps: has_steps.then_some(7) })
}

pub(crate) fn kept(data: &[u8]) {
    if let Ok(file) = File::parse(data) {
        let numbers: usize = file.tensors().map(|tensor| tensor.bytes().len()).sum();
        assert!(numbers < data.len());
        for (key, value) in file.all_metadata() {
            let key = key.to_string();
            assert_eq!(file.metadata(&key).map(|text| text.to_string()), Some(value.to_string()));
            let _ = (value.whole(), value.number());
        }
    }
    for steps in [None, Some(3)] {
        let start = Held { w: [[1.5; 3]; 2], b: [2.5; 3], steps };
        let mut held = start.clone();
        match held.read(data) {
            Ok(()) => is_as_the_library_reads(&held, data),
            Err(error) => {
                assert_eq!(written(&held), written(&start), "{error}");
                let said = error.to_string();
                assert!(!said.is_empty() && said.chars().all(|of| !of.is_control()), "{said:?}");
            }
        }
        let _ = held.read_rounded(data);
    }
}

fn is_as_the_library_reads(held: &Held, data: &[u8]) {
    let library = SafeTensors::deserialize(data).expect("the library reads it too");
    for (number, tensor) in Held::TENSORS.iter().enumerate() {
        let numbers = held.tensor(number).unwrap_or_default();
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let read = library.tensor(tensor.name).expect("the library has the tensor");
        // Numbers of 16 bits are widened.
        assert!(read.dtype() != safetensors::Dtype::F32 || read.data() == bytes);
    }
    let mut again = Held { w: [[0.0; 3]; 2], b: [0.0; 3], steps: held.steps.map(|_| 0) };
    let bytes = written(held);
    assert!(again.read(&bytes).is_ok());
    assert_eq!(written(&again), bytes);
}
