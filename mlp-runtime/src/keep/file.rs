//! A safetensors file, read in place.

use mlp_tensors::{Text, safetensors};

use super::error::LoadError;

/// A safetensors file in memory, checked as a whole: the form of its header, and that its tensors have the right lengths
/// and fill the rest of the file without overlap and without gap.
///
/// Reading it takes no heap. Its time is linear in the length of the header, if the header lists the tensors in the order
/// of their bytes, as all known writers do.
///
/// ```
/// let header = br#"{"__metadata__":{"made by":"hand"},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
/// let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
/// bytes.extend(header);
/// bytes.extend(0.5_f32.to_le_bytes());
///
/// let file = mlp_runtime::keep::File::parse(&bytes)?;
/// assert!(file.metadata("made by").is_some_and(|by| by == "hand"));
/// let tensor = file.tensors().next().unwrap();
/// assert!(tensor.name() == "b" && tensor.dtype() == "F32");
/// assert_eq!((tensor.shape().collect::<Vec<u64>>(), tensor.bytes()), (vec![1], &[0, 0, 0, 0x3f][..]));
/// # Ok::<(), mlp_runtime::keep::LoadError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct File<'f>(safetensors::File<'f>);

impl<'f> File<'f> {
    /// Reads the header of a file from its bytes, and checks it.
    ///
    /// # Errors
    /// [`LoadError::Format`] if they are no whole safetensors file.
    pub fn parse(bytes: &'f [u8]) -> Result<Self, LoadError> {
        Ok(File(safetensors::File::parse(bytes)?))
    }

    /// The tensors in the order of the header.
    pub fn tensors(&self) -> impl Iterator<Item = safetensors::Tensor<'f>> + 'f {
        self.0.tensors()
    }

    /// The value of a key of the metadata.
    pub fn metadata(&self, key: &str) -> Option<Text<'f>> {
        self.0.metadata(key)
    }

    /// All keys and values of the metadata, in their order.
    pub fn all_metadata(&self) -> impl Iterator<Item = (Text<'f>, Text<'f>)> + 'f {
        self.0.all_metadata()
    }
}
