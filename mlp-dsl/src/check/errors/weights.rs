//! M07: weights files.

use crate::{
    diagnostic::Diagnostic,
    model::Parameter,
    number::Precision,
    shape::Shape,
    span::Span,
    spelling::closest,
    syntax::ast::{Mapping, Name, WeightFile},
    visible::on_one_line,
    weights::{Entry, Unlisted, Unread, dtype_of},
};

/// A tensor for a parameter.
pub(in crate::check) struct InFile<'f> {
    pub(in crate::check) file: &'f WeightFile,
    pub(in crate::check) parameter: &'f Parameter,
    pub(in crate::check) entry: &'f Entry<'f>,
    pub(in crate::check) mapping: Option<&'f Mapping>,
}

impl InFile<'_> {
    /// The place where the specification names the tensor.
    fn span(&self) -> Span {
        self.mapping.map_or(self.file.path_span, |mapping| mapping.tensor_span)
    }

    fn label(&self) -> &'static str {
        if self.mapping.is_some() { "this tensor" } else { "in this file" }
    }

    /// The parameter, and its name in the file if that is another one.
    fn name(&self) -> String {
        let name = &self.parameter.name.text;
        match self.mapping {
            Some(_) => format!("`{}`, which `{name}` starts from,", quoted(&self.entry.name)),
            None => format!("`{name}`"),
        }
    }
}

pub(in crate::check) fn weight_path((path, span): (&str, Span)) -> Diagnostic {
    Diagnostic::new(
        "M0701",
        format!("the path `{path}` is not portable"),
        span,
        "must be relative and use `/`",
    )
    .help("write a path relative to the specification, such as \"weights/course.safetensors\"")
}

pub(in crate::check) fn weights_unread((path, span): (&str, Span), unread: &Unread) -> Diagnostic {
    let title = format!("can't read `{path}`: {}", unread.reason);
    Diagnostic::new("M0702", title, span, "named here").help(unread.help.clone())
}

pub(in crate::check) fn unreadable_weights(place: (&str, Span), reason: &Unlisted) -> Diagnostic {
    #[cfg(feature = "safetensors")]
    let path = place.0;
    let (title, help) = match reason {
        #[cfg(not(feature = "safetensors"))]
        Unlisted::NoReader => (
            "this build of the compiler can't read weights files".to_owned(),
            "enable the feature `safetensors` of the crate `mlp`: `mlp = { version = \"…\", features = [\"safetensors\"] }`",
        ),
        #[cfg(feature = "safetensors")]
        Unlisted::Nameless => (
            format!("`{path}` has one array without a name"),
            "save the parameters in an `.npz` file: `numpy.savez(\"weights.npz\", W=W, b=b)`",
        ),
        #[cfg(feature = "safetensors")]
        Unlisted::Foreign(format, reason) => (
            format!("`{path}` is not {format}: {}", on_one_line(reason)),
            match *format {
                "an npz file" => "write it with `numpy.savez`, with arrays of numbers of 16, 32 or 64 bits",
                _ => "write it with `safetensors.torch.save_file` or `safetensors.numpy.save_file`",
            },
        ),
        #[cfg(feature = "safetensors")]
        Unlisted::Cut => (
            format!("the length of `{path}` does not match its header"),
            "the file is truncated or has extra bytes: copy it or save it again",
        ),
    };
    Diagnostic::new("M0703", title, place.1, "named here").help(help)
}

/// Parameters without a start value and without a tensor in the file, with their names there and the places of these;
/// `spare` are the tensors in the file that match no parameter.
pub(in crate::check) fn tensors_missing(
    file: &WeightFile,
    missing: &[(Name, String, Option<Span>)],
    spare: &[&str],
) -> Diagnostic {
    let names: Vec<&str> = missing.iter().map(|(_, name, _)| name.as_str()).collect();
    let title = format!("`{}` has no tensor {}", file.path, some(&names));
    let mapped = missing.iter().find_map(|(_, _, span)| *span);
    let mut diagnostic =
        Diagnostic::new("M0704", title, mapped.unwrap_or(file.path_span), "not in this file");
    if let Some((first, _, _)) = missing.first() {
        diagnostic = diagnostic.also(first.span, "a parameter without a start value");
    }
    let near = names.iter().find_map(|name| closest(name, spare.iter().copied()));
    diagnostic.help(match (spare, near, mapped) {
        ([], _, None) => "save each parameter under its name, or give it a start value".to_owned(),
        ([], _, Some(_)) => "all tensors of the file are used: remove the entry, or save the tensor".to_owned(),
        (_, Some(near), Some(_)) => format!("is it `{}`? The file also contains {}", quoted(near), some(spare)),
        (spare, _, Some(_)) => format!("the file also contains {}: write the name that is there", some(spare)),
        (spare, _, None) => {
            format!(
                "the file contains {}: save each parameter under its name in the specification, or map the names: \
                 `weights from \"{}\" {{ {} = \"{}\" }}`",
                some(spare),
                file.path,
                missing.first().map_or("W", |(name, _, _)| name.text.as_str()),
                spare.first().map_or(String::new(), |name| quoted(name)),
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
    let help = "remove it from the file, or declare it; `linear` has no bias, `dense` has one";
    let help = match (file.mappings.is_empty() && file.ignored.is_empty(), tensors.first()) {
        (false, Some(first)) => {
            format!("map it to a parameter, or write `ignore \"{}\"` in the braces", quoted(first))
        }
        _ => help.to_owned(),
    };
    Diagnostic::new("M0705", title, file.path_span, "in this file").help(help)
}

pub(in crate::check) fn tensor_of_started(file: &WeightFile, parameter: &Parameter) -> Diagnostic {
    let name = &parameter.name.text;
    let title = format!("`{name}` has both a start value and a tensor in `{}`", file.path);
    Diagnostic::new("M0705", title, file.path_span, "in this file")
        .also(parameter.name.span, "declared with a start value")
        .help("remove the start value, or remove the tensor from the file")
}

/// A tensor that does not fit, also if it would the other way.
pub(in crate::check) fn tensor_shape(at: &InFile<'_>, transposed: bool) -> Diagnostic {
    let (path, sizes) = (&at.file.path, &at.entry.sizes);
    let found = listed(sizes);
    let wanted = match (at.parameter.shape, transposed) {
        (Shape::Matrix(rows, columns), true) => vec![columns, rows],
        (shape, _) => dimensions(shape),
    };
    let title = format!("{} is {found} in `{path}`, but {} is needed", at.name(), listed(&wanted));
    let turned = wanted.len() == 2 && sizes.iter().rev().eq(&wanted);
    let (place, label) = match (at.file.transposed, at.mapping) {
        (Some(transposed), None) if wanted.len() == 2 => (transposed, "read as [columns, rows]"),
        (_, Some(mapping)) if transposed => (mapping.tensor_span, "read as [columns, rows]"),
        _ => (at.span(), at.label()),
    };
    let help = match (turned, at.mapping) {
        (true, Some(mapping)) => {
            let word = if transposed { "untransposed" } else { "transposed" };
            let tensor = quoted(&at.entry.name);
            let only = if mapping.tensor == at.entry.name {
                String::new()
            } else {
                format!("; for this matrix alone, `{} = \"{tensor}\" {word}`", at.parameter.name.text)
            };
            format!(
                "it fits the other way: write `{} = \"{}\" {word}`{only}",
                mapping.name.text,
                quoted(&mapping.tensor)
            )
        }
        (true, None) if !transposed => format!(
            "PyTorch stores matrices as [outputs, inputs]: write `weights from \"{path}\" transposed;`"
        ),
        (true, None) => format!("the file stores it as [rows, columns]: write `weights from \"{path}\";`"),
        (false, _) => "change the shape in the specification, or save a tensor of the right shape".to_owned(),
    };
    Diagnostic::new("M0706", title, place, label)
        .also(at.parameter.name.span, format!("{} here", listed(&dimensions(at.parameter.shape))))
        .help(help)
}

pub(in crate::check) fn tensor_numbers(at: &InFile<'_>, precision: Precision) -> Diagnostic {
    let (found, wanted) = (at.entry.dtype.name(), dtype_of(precision).name());
    let title = format!("{} is {found} in `{}`, but {wanted} is needed", at.name(), at.file.path);
    let (numpy, torch) = match precision {
        Precision::F32 => ("float32", "float"),
        Precision::F64 => ("float64", "double"),
    };
    let help = match (found, precision) {
        ("F64", Precision::F32) => "save it as 32-bit floats, or make the network `f64`".to_owned(),
        _ => format!(
            "save it as {wanted}: `tensor.{torch}()` in PyTorch, `array.astype(numpy.{numpy})` in NumPy"
        ),
    };
    Diagnostic::new("M0707", title, at.span(), at.label())
        .also(at.parameter.name.span, format!("the network uses `{}`", precision.rust()))
        .help(help)
}

pub(in crate::check) fn tensor_not_finite(at: &InFile<'_>, index: usize) -> Diagnostic {
    let name = &at.parameter.name.text;
    let element = match at.parameter.shape {
        Shape::Matrix(_, columns) => {
            format!("{name}[{},{}]", index / columns.max(1) + 1, index % columns.max(1) + 1)
        }
        Shape::Vector(_) => format!("{name}[{}]", index + 1),
        Shape::Scalar => name.clone(),
    };
    let title = format!("`{element}` is not a finite number in `{}`", at.file.path);
    Diagnostic::new("M0708", title, at.span(), "infinite or undefined")
        .also(at.parameter.name.span, "the parameter")
        .help("save the weights from before the training diverged")
}

/// A square matrix of which neither a word nor its name says whether it is transposed.
pub(in crate::check) fn orientation(at: &InFile<'_>) -> Diagnostic {
    let (name, tensor) = (&at.parameter.name.text, quoted(&at.entry.name));
    let title = format!("{} fits as it is and transposed", at.name());
    Diagnostic::new("M0709", title, at.span(), format!("{} in the file", listed(&at.entry.sizes)))
        .also(at.parameter.name.span, "a square matrix")
        .help(format!(
            "write `{name} = \"{tensor}\" untransposed` if its rows are those of `{name}`, or `{name} = \"{tensor}\" transposed`"
        ))
}

/// An entry of the map whose name is not that of a parameter, or of a layer that declares some.
pub(in crate::check) fn maps_no_parameter<'n>(
    name: &Name,
    is_layer: bool,
    known: impl Iterator<Item = &'n str>,
) -> Diagnostic {
    let title = match is_layer {
        true => format!("the layer `{}` declares no parameters", name.text),
        false => format!("`{}` is neither a layer nor a parameter", name.text),
    };
    let near = if is_layer { None } else { closest(&name.text, known) };
    Diagnostic::new("M0710", title, name.span, "nothing to read from the file").help(match near {
        Some(near) => format!("is it `{near}`?"),
        None => "write the name of a layer with `dense` or `linear`, or of a parameter".to_owned(),
    })
}

/// A name that is mapped twice.
pub(in crate::check) fn mapped_twice(name: &Name, first: Span) -> Diagnostic {
    Diagnostic::new("M0710", format!("`{}` is mapped twice", name.text), name.span, "the second time")
        .also(first, "the first time")
        .help("remove one of the two entries")
}

/// `ignore` with a pattern that matches no unused tensor.
pub(in crate::check) fn ignores_nothing(span: Span) -> Diagnostic {
    Diagnostic::new("M0711", "this pattern matches no unused tensor of the file", span, "nothing to ignore")
        .help("remove it, or correct it; `*` is any text")
}

/// The first names, and the number of the others.
pub(super) fn some(names: &[&str]) -> String {
    const SHOWN: usize = 4;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{}`", quoted(name))).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The name of a tensor, which may be any text: escaped and shortened.
pub(super) fn quoted(name: &str) -> String {
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

pub(super) fn listed(sizes: &[usize]) -> String {
    match sizes {
        [] => "a scalar".to_owned(),
        sizes => format!("[{}]", sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}
