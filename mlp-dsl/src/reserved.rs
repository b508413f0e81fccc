//! Names that a network or its parts can't have in Rust, and why.

/// Why a network can't have this name, in words.
pub fn unusable_type(name: &str) -> Option<&'static str> {
    match name {
        "functions" | "constants" | "runtime" => Some("the generated code has a module with this name"),
        // The generated struct would hide them, from its own fields and from the code around it.
        "bool" | "char" | "str" | "f16" | "f32" | "f64" | "f128" | "i8" | "i16" | "i32" | "i64" | "i128"
        | "isize" | "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => Some("it is a Rust type"),
        _ => None,
    }
}

/// Why a name can't be used in Rust, in words.
pub fn unusable(name: &str) -> Option<&'static str> {
    match name {
        "_" => Some("`_` is not a name"),
        "self" | "Self" | "super" | "crate" => Some("it is a Rust keyword"),
        _ => None,
    }
}
