//! Bytes as an ONNX model: what is read is a specification that compiles with its weights, and what is not says why in one line.

use mlp_dsl::{
    Compilation,
    weights::{Files, Unread},
};
use mlp_onnx::{Imported, Options, import};

struct Beside(Vec<u8>);

impl Files for Beside {
    fn read(&self, _: &str) -> Result<Vec<u8>, Unread> {
        Ok(self.0.clone())
    }
}

pub(crate) fn models(data: &[u8]) {
    match import(data, Options { name: "Model", weights: "model.safetensors", expected: None }) {
        Ok(Imported { text, weights, inputs, outputs, .. }) => {
            assert!(Compilation::of(&text, &Beside(weights)).is_ok(), "{text}");
            assert_eq!(mlp_dsl::format::format(&text).as_deref(), Ok(text.as_str()));
            assert!(!outputs.is_empty() && inputs.iter().chain(&outputs).all(|port| port.width > 0));
        }
        Err(error) => {
            let said = error.to_string();
            assert!(!said.is_empty() && said.chars().all(|of| !of.is_control()), "{said:?}");
        }
    }
}
