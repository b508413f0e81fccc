//! A network with its workspace.

use alloc::{boxed::Box, vec::Vec};
use core::convert::Infallible;

use super::{DynError, DynNetwork};
use crate::{
    boxed::Boxed,
    keep::{Keep, LoadError, SaveError},
    network::{Network, Parameter},
    tensors::Tensors,
    values::Values,
};

/// A network and what it needs to run, on the heap: a [`DynNetwork`].
///
/// ```
/// use mlp_runtime::{DynNetwork, Network, Predictor};
///
/// fn hold<N: Network<Scalar = f32>>(service: &mut Vec<Box<dyn DynNetwork<f32>>>) {
///     service.push(Box::new(Predictor::<N>::new()));
/// }
/// ```
#[derive(Debug)]
pub struct Predictor<N: Network> {
    network: Box<N>,
    workspace: Box<N::BatchWorkspace>,
}

impl<N: Network> Predictor<N> {
    /// With the start values of the specification.
    #[must_use]
    pub fn new() -> Self {
        Self::of(N::boxed())
    }

    /// With random start values drawn from `seed`.
    #[must_use]
    pub fn with_seed(seed: u64) -> Self {
        Self::of(N::boxed_with_seed(seed))
    }

    /// Of a network that is there already.
    #[must_use]
    pub fn of(network: Box<N>) -> Self {
        Predictor { network, workspace: N::BatchWorkspace::boxed() }
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &N {
        &self.network
    }

    /// The network, mutable.
    #[must_use]
    pub fn network_mut(&mut self) -> &mut N {
        &mut self.network
    }

    /// The network alone.
    #[must_use]
    pub fn into_network(self) -> Box<N> {
        self.network
    }
}

impl<N: Network> Default for Predictor<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<N: Network> Clone for Predictor<N> {
    fn clone(&self) -> Self {
        Self::of(self.network.boxed_copy())
    }
}

/// The samples of flat inputs.
pub(super) fn samples<N: Network>(inputs: &[N::Scalar]) -> Result<&[N::Input], DynError> {
    N::Input::rows(inputs).map_err(|_| DynError::Inputs { length: inputs.len(), sample: N::Input::COUNT })
}

pub(super) fn forward<N: Network>(
    network: &N,
    workspace: &mut N::BatchWorkspace,
    inputs: &[N::Scalar],
    outputs: &mut [N::Scalar],
) -> Result<(), DynError> {
    let samples = samples::<N>(inputs)?;
    let (length, expected) = (outputs.len(), samples.len().saturating_mul(N::Output::COUNT));
    let wrong = DynError::Outputs { length, expected };
    if length != expected {
        return Err(wrong);
    }
    let rows = N::Output::rows_mut(outputs).map_err(|_| wrong)?;
    network.forward_batch(samples, workspace, rows).map_err(|_| wrong)
}

/// Shows all tensors.
pub(super) fn visit<T: Tensors>(of: &T, see: &mut dyn FnMut(&'static Parameter, &[T::Scalar])) {
    for (number, tensor) in T::TENSORS.iter().enumerate() {
        see(tensor, of.tensor(number).unwrap_or_default());
    }
}

pub(super) fn visit_mut<T: Tensors>(of: &mut T, see: &mut dyn FnMut(&'static Parameter, &mut [T::Scalar])) {
    for (number, tensor) in T::TENSORS.iter().enumerate() {
        see(tensor, of.tensor_mut(number).unwrap_or_default());
    }
}

/// The facts of a network, which a holder has as its field.
macro_rules! facts {
    ($scalar:ty) => {
        fn name(&self) -> &'static str {
            N::NAME
        }

        fn inputs(&self) -> usize {
            N::INPUTS
        }

        fn outputs(&self) -> usize {
            N::OUTPUTS
        }

        fn layout(&self) -> &'static [Parameter] {
            N::LAYOUT
        }

        fn parameters(&self) -> usize {
            N::PARAMETERS
        }

        fn fingerprint(&self) -> u64 {
            N::FINGERPRINT
        }

        fn layout_hash(&self) -> u64 {
            N::LAYOUT_HASH
        }

        fn initialize(&mut self, seed: u64) {
            self.network.initialize(seed);
        }

        fn forward(&mut self, inputs: &[$scalar], outputs: &mut [$scalar]) -> Result<(), DynError> {
            forward(&*self.network, &mut self.workspace, inputs, outputs)
        }

        fn parameter(&self, name: &str) -> Option<&[$scalar]> {
            self.network.parameter(name)
        }

        fn parameter_mut(&mut self, name: &str) -> Option<&mut [$scalar]> {
            self.network.parameter_mut(name)
        }

        fn is_finite(&self) -> bool {
            self.network.is_finite()
        }

        fn to_bytes(&self) -> Result<Vec<u8>, SaveError<Infallible>> {
            let mut bytes = Vec::new();
            self.network.write(&[], |part| {
                bytes.extend_from_slice(part);
                Ok(())
            })?;
            Ok(bytes)
        }

        fn load_bytes(&mut self, bytes: &[u8]) -> Result<(), LoadError> {
            self.network.read(bytes)
        }

        fn clone_box(&self) -> Box<dyn DynNetwork<$scalar>> {
            Box::new(self.clone())
        }
    };
}
pub(super) use facts;

impl<N: Network> DynNetwork<N::Scalar> for Predictor<N> {
    facts!(N::Scalar);

    fn visit(&self, see: &mut dyn FnMut(&'static Parameter, &[N::Scalar])) {
        visit(&*self.network, see);
    }

    fn visit_mut(&mut self, see: &mut dyn FnMut(&'static Parameter, &mut [N::Scalar])) {
        visit_mut(&mut *self.network, see);
    }
}
