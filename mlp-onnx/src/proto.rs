//! The messages of ONNX that are read and written, by the numbers of `onnx.proto`. Other fields are skipped. The fields have the
//! names that they have there.
#![allow(missing_docs, reason = "the documentation of the fields is that of ONNX")]

use prost::Message;

/// A file.
#[derive(Clone, PartialEq, Message)]
pub struct Model {
    #[prost(int64, optional, tag = "1")]
    pub ir_version: Option<i64>,
    #[prost(string, optional, tag = "2")]
    pub producer_name: Option<String>,
    #[prost(string, optional, tag = "3")]
    pub producer_version: Option<String>,
    #[prost(message, optional, tag = "7")]
    pub graph: Option<Graph>,
    #[prost(message, repeated, tag = "8")]
    pub opset_import: Vec<OperatorSet>,
    #[prost(message, repeated, tag = "14")]
    pub metadata_props: Vec<Property>,
}

/// A version of the operators of a domain.
#[derive(Clone, PartialEq, Message)]
pub struct OperatorSet {
    #[prost(string, optional, tag = "1")]
    pub domain: Option<String>,
    #[prost(int64, optional, tag = "2")]
    pub version: Option<i64>,
}

/// A pair of texts.
#[derive(Clone, PartialEq, Message)]
pub struct Property {
    #[prost(string, optional, tag = "1")]
    pub key: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub value: Option<String>,
}

/// Nodes in the order in which they can be computed.
#[derive(Clone, PartialEq, Message)]
pub struct Graph {
    #[prost(message, repeated, tag = "1")]
    pub node: Vec<Node>,
    #[prost(string, optional, tag = "2")]
    pub name: Option<String>,
    #[prost(message, repeated, tag = "5")]
    pub initializer: Vec<Tensor>,
    #[prost(string, optional, tag = "10")]
    pub doc_string: Option<String>,
    #[prost(message, repeated, tag = "11")]
    pub input: Vec<ValueInfo>,
    #[prost(message, repeated, tag = "12")]
    pub output: Vec<ValueInfo>,
    #[prost(message, repeated, tag = "13")]
    pub value_info: Vec<ValueInfo>,
}

/// An operation.
#[derive(Clone, PartialEq, Message)]
pub struct Node {
    #[prost(string, repeated, tag = "1")]
    pub input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub output: Vec<String>,
    #[prost(string, optional, tag = "3")]
    pub name: Option<String>,
    #[prost(string, optional, tag = "4")]
    pub op_type: Option<String>,
    #[prost(message, repeated, tag = "5")]
    pub attribute: Vec<Attribute>,
    #[prost(string, optional, tag = "7")]
    pub domain: Option<String>,
}

/// A constant of an operation. `kind` says which field has it: 1 float, 2 int, 3 string, 4 tensor, 6 floats, 7 ints, 8 strings.
#[derive(Clone, PartialEq, Message)]
pub struct Attribute {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(float, optional, tag = "2")]
    pub f: Option<f32>,
    #[prost(int64, optional, tag = "3")]
    pub i: Option<i64>,
    #[prost(bytes = "vec", optional, tag = "4")]
    pub s: Option<Vec<u8>>,
    #[prost(message, optional, tag = "5")]
    pub t: Option<Tensor>,
    #[prost(float, repeated, packed = "false", tag = "7")]
    pub floats: Vec<f32>,
    #[prost(int64, repeated, packed = "false", tag = "8")]
    pub ints: Vec<i64>,
    #[prost(bytes = "vec", repeated, tag = "9")]
    pub strings: Vec<Vec<u8>>,
    #[prost(int32, optional, tag = "20")]
    pub kind: Option<i32>,
}

/// Numbers with sizes.
#[derive(Clone, PartialEq, Message)]
pub struct Tensor {
    #[prost(int64, repeated, packed = "false", tag = "1")]
    pub dims: Vec<i64>,
    #[prost(int32, optional, tag = "2")]
    pub data_type: Option<i32>,
    #[prost(float, repeated, tag = "4")]
    pub float_data: Vec<f32>,
    #[prost(int32, repeated, tag = "5")]
    pub int32_data: Vec<i32>,
    #[prost(bytes = "vec", repeated, tag = "6")]
    pub string_data: Vec<Vec<u8>>,
    #[prost(int64, repeated, tag = "7")]
    pub int64_data: Vec<i64>,
    #[prost(string, optional, tag = "8")]
    pub name: Option<String>,
    #[prost(bytes = "vec", optional, tag = "9")]
    pub raw_data: Option<Vec<u8>>,
    #[prost(double, repeated, tag = "10")]
    pub double_data: Vec<f64>,
    #[prost(message, repeated, tag = "13")]
    pub external_data: Vec<Property>,
    #[prost(int32, optional, tag = "14")]
    pub data_location: Option<i32>,
}

/// The name and the type of a value of the graph.
#[derive(Clone, PartialEq, Message)]
pub struct ValueInfo {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(message, optional, tag = "2")]
    pub kind: Option<Kind>,
}

/// A type; only tensors are read.
#[derive(Clone, PartialEq, Message)]
pub struct Kind {
    #[prost(message, optional, tag = "1")]
    pub tensor: Option<TensorKind>,
}

/// The type of a tensor.
#[derive(Clone, PartialEq, Message)]
pub struct TensorKind {
    #[prost(int32, optional, tag = "1")]
    pub elements: Option<i32>,
    #[prost(message, optional, tag = "2")]
    pub shape: Option<Sizes>,
}

/// The sizes of a tensor.
#[derive(Clone, PartialEq, Message)]
pub struct Sizes {
    #[prost(message, repeated, tag = "1")]
    pub dim: Vec<Size>,
}

/// A size: a number, or a name for one that is not fixed.
#[derive(Clone, PartialEq, Message)]
pub struct Size {
    #[prost(int64, optional, tag = "1")]
    pub value: Option<i64>,
    #[prost(string, optional, tag = "2")]
    pub parameter: Option<String>,
}

/// Types of elements, as numbers of `TensorProto.DataType`.
pub mod element {
    /// 32-bit floats.
    pub const FLOAT: i32 = 1;
    /// Whole numbers of 8 bits.
    pub const INT8: i32 = 3;
    /// The same without sign.
    pub const UINT8: i32 = 2;
    /// Whole numbers of 32 bits.
    pub const INT32: i32 = 6;
    /// Whole numbers of 64 bits.
    pub const INT64: i32 = 7;
    /// Texts.
    pub const STRING: i32 = 8;
    /// Truth values.
    pub const BOOL: i32 = 9;
    /// 16-bit floats of IEEE.
    pub const FLOAT16: i32 = 10;
    /// 64-bit floats.
    pub const DOUBLE: i32 = 11;
    /// 16-bit floats with the exponents of 32 bits.
    pub const BFLOAT16: i32 = 16;
}
