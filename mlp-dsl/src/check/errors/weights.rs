//! M07: weights files.

use crate::{
    check::type_name,
    diagnostic::Diagnostic,
    model::Parameter,
    number::Precision,
    shape::Shape,
    syntax::ast::WeightFile,
    visible::on_one_line,
    weights::{Unlisted, Unread},
};

pub(in crate::check) fn weight_path(file: &WeightFile) -> Diagnostic {
    Diagnostic::new(
        "M0701",
        format!("the path `{}` is not portable", file.path),
        file.path_span,
        "must be relative and use `/`",
    )
    .help("write a path relative to the specification, such as \"weights/course.safetensors\"")
}

pub(in crate::check) fn weights_unread(file: &WeightFile, unread: &Unread) -> Diagnostic {
    let title = format!("can't read `{}`: {}", file.path, unread.reason);
    Diagnostic::new("M0702", title, file.path_span, "named here").help(unread.help.clone())
}

pub(in crate::check) fn not_safetensors(file: &WeightFile, reason: &Unlisted) -> Diagnostic {
    let (title, help) = match reason {
        #[cfg(not(feature = "safetensors"))]
        Unlisted::NoReader => (
            "this build of the compiler can't read weights files".to_owned(),
            "enable the feature `safetensors` of the crate `mlp`: `mlp = { version = \"…\", features = [\"safetensors\"] }`",
        ),
        #[cfg(feature = "safetensors")]
        Unlisted::Foreign(reason) => (
            format!("`{}` is not a safetensors file: {reason}", file.path),
            "write it with `safetensors.torch.save_file` or `safetensors.numpy.save_file`",
        ),
        #[cfg(feature = "safetensors")]
        Unlisted::Cut => (
            format!("the length of `{}` does not match its header", file.path),
            "the file is truncated or has extra bytes: copy it or save it again",
        ),
    };
    Diagnostic::new("M0703", title, file.path_span, "named here").help(help)
}

/// Parameters without a start value and without a tensor in the file; `spare` are the tensors in the file that
/// match no parameter.
pub(in crate::check) fn tensors_missing(
    file: &WeightFile,
    missing: &[&Parameter],
    spare: &[&str],
) -> Diagnostic {
    let names: Vec<&str> = missing.iter().map(|parameter| parameter.name.text.as_str()).collect();
    let title = format!("`{}` has no tensor {}", file.path, some(&names));
    let mut diagnostic = Diagnostic::new("M0704", title, file.path_span, "not in this file");
    if let Some(first) = missing.first() {
        diagnostic = diagnostic.also(first.name.span, "a parameter without a start value");
    }
    diagnostic.help(match spare {
        [] => "save each parameter under its name, or give it a start value".to_owned(),
        spare => {
            format!(
                "the file contains {}: save each parameter under its name in the specification",
                some(spare)
            )
        }
    })
}

/// Tensors that match no parameter.
pub(in crate::check) fn tensors_superfluous(file: &WeightFile, tensors: &[&str]) -> Diagnostic {
    let (a, what) = match tensors.len() {
        1 => ("a tensor", "which is not a parameter"),
        _ => ("tensors", "which are not parameters"),
    };
    let title = format!("`{}` has {a} {}, {what}", file.path, some(tensors));
    Diagnostic::new("M0705", title, file.path_span, "in this file")
        .help("remove it from the file, or declare it; `linear` has no bias, `dense` has one")
}

pub(in crate::check) fn tensor_of_started(file: &WeightFile, parameter: &Parameter) -> Diagnostic {
    let name = &parameter.name.text;
    let title = format!("`{name}` has both a start value and a tensor in `{}`", file.path);
    Diagnostic::new("M0705", title, file.path_span, "in this file")
        .also(parameter.name.span, "declared with a start value")
        .help("remove the start value, or remove the tensor from the file")
}

pub(in crate::check) fn tensor_shape(
    file: &WeightFile,
    parameter: &Parameter,
    sizes: &[usize],
) -> Diagnostic {
    let (name, path) = (&parameter.name.text, &file.path);
    let found = listed(sizes);
    let wanted = match (parameter.shape, file.transposed.is_some()) {
        (Shape::Matrix(rows, columns), true) => vec![columns, rows],
        (shape, _) => dimensions(shape),
    };
    let title = format!("`{name}` is {found} in `{path}`, but {} is needed", listed(&wanted));
    let turned = wanted.len() == 2 && sizes.iter().rev().eq(&wanted);
    let (place, label) = match file.transposed {
        Some(transposed) if wanted.len() == 2 => (transposed, "read as [columns, rows]"),
        _ => (file.path_span, "in this file"),
    };
    let help = match (turned, file.transposed.is_some()) {
        (true, false) => format!(
            "PyTorch stores matrices as [outputs, inputs]: write `weights from \"{path}\" transposed;`"
        ),
        (true, true) => format!("the file stores it as [rows, columns]: write `weights from \"{path}\";`"),
        (false, _) => "change the shape in the specification, or save a tensor of the right shape".to_owned(),
    };
    Diagnostic::new("M0706", title, place, label)
        .also(parameter.name.span, format!("{} here", listed(&dimensions(parameter.shape))))
        .help(help)
}

pub(in crate::check) fn tensor_numbers(
    file: &WeightFile,
    parameter: &Parameter,
    found: &str,
    precision: Precision,
) -> Diagnostic {
    let (name, wanted) = (&parameter.name.text, type_name(precision));
    let title = format!("`{name}` is {found} in `{}`, but {wanted} is needed", file.path);
    let (numpy, torch) = match precision {
        Precision::F32 => ("float32", "float"),
        Precision::F64 => ("float64", "double"),
    };
    let help = match (found, precision) {
        ("F32", Precision::F64) => "save it as 64-bit floats, or make the network `f32`".to_owned(),
        ("F64", Precision::F32) => "save it as 32-bit floats, or make the network `f64`".to_owned(),
        _ => format!(
            "save it as {wanted}: `tensor.{torch}()` in PyTorch, `array.astype(numpy.{numpy})` in NumPy"
        ),
    };
    Diagnostic::new("M0707", title, file.path_span, "in this file")
        .also(parameter.name.span, format!("the network uses `{}`", precision.rust()))
        .help(help)
}

pub(in crate::check) fn tensor_not_finite(
    file: &WeightFile,
    parameter: &Parameter,
    index: usize,
) -> Diagnostic {
    let name = &parameter.name.text;
    let element = match parameter.shape {
        Shape::Matrix(_, columns) => {
            format!("{name}[{},{}]", index / columns.max(1) + 1, index % columns.max(1) + 1)
        }
        Shape::Vector(_) => format!("{name}[{}]", index + 1),
        Shape::Scalar => name.clone(),
    };
    let title = format!("`{element}` is not a finite number in `{}`", file.path);
    Diagnostic::new("M0708", title, file.path_span, "infinite or undefined")
        .also(parameter.name.span, "the parameter")
        .help("save the weights from before the training diverged")
}

/// The first names, and the number of the others.
fn some(names: &[&str]) -> String {
    const SHOWN: usize = 4;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{}`", quoted(name))).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The name of a tensor, which may be any text: escaped and shortened.
fn quoted(name: &str) -> String {
    const MOST: usize = 60;
    let name = on_one_line(name).replace('\n', " ");
    let short: String = name.chars().take(MOST).collect();
    if short.len() < name.len() { format!("{short}…") } else { short }
}

fn dimensions(shape: Shape) -> Vec<usize> {
    match shape {
        Shape::Scalar => Vec::new(),
        Shape::Vector(n) => vec![n],
        Shape::Matrix(rows, columns) => vec![rows, columns],
    }
}

fn listed(sizes: &[usize]) -> String {
    match sizes {
        [] => "a scalar".to_owned(),
        sizes => format!("[{}]", sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}
