//! The modules of `SOURCE` under another parent, as standalone code has them.

#[path = "../../src/scalar.rs"]
pub mod scalar;
// In the order of `SOURCE`.
#[path = "../../src/arithmetic.rs"]
pub mod arithmetic;
#[path = "../../src/batch.rs"]
pub mod batch;
#[path = "../../src/class.rs"]
pub mod class;
#[path = "../../src/functions.rs"]
pub mod functions;
#[path = "../../src/fused.rs"]
pub mod fused;
#[path = "../../src/isa.rs"]
pub mod isa;
#[path = "../../src/kernels.rs"]
pub mod kernels;
#[path = "../../src/network.rs"]
pub mod network;
#[path = "../../src/random.rs"]
pub mod random;
#[path = "../../src/single.rs"]
pub mod single;
#[path = "../../src/special.rs"]
pub mod special;
#[path = "../../src/weight_file.rs"]
pub mod weight_file;
