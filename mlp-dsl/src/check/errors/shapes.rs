//! M03: shapes.

use crate::{
    diagnostic::Diagnostic,
    model::Typed,
    shape::Shape,
    span::Span,
    syntax::ast::{Call, Name},
};

pub(in crate::check) fn shapes_differ(sign: &str, sides: [(Shape, Span); 2], span: Span) -> Diagnostic {
    let [(left, left_span), (right, right_span)] = sides;
    let title = format!("`{sign}` can't combine {left} with {right}");
    let _ = span;
    Diagnostic::new("M0301", title, left_span, format!("this is {left}"))
        .also(right_span, format!("this is {right}"))
        .help("give both sides the same shape, or make one a scalar; `@` is the matrix product")
}

/// An operand of a product: its shape, its span, its name if it has one.
type Side = (Shape, Span, Option<String>);

/// `want` is the declared shape of the layer that uses the product.
pub(in crate::check) fn product_shapes(sides: [Side; 2], want: Option<Shape>) -> Diagnostic {
    let [(left, left_span, left_name), (right, right_span, right_name)] = sides;
    let matrix = |name: &Option<String>| name.clone().unwrap_or_else(|| "W".to_owned());
    let vector = |name: &Option<String>| name.clone().unwrap_or_else(|| "x".to_owned());
    let fills = |length: usize| want.is_none_or(|want| want == Shape::Vector(length));
    let wanted = |length: usize| if let Some(Shape::Vector(n)) = want { n } else { length };
    let help = match (left, right) {
        (Shape::Vector(n), Shape::Matrix(rows, columns)) if n == columns && fills(rows) => {
            format!("swap the operands: `{} @ {}`", matrix(&right_name), vector(&left_name))
        }
        (Shape::Matrix(rows, columns), Shape::Vector(n)) if n == rows && fills(columns) => {
            format!("swap the operands: `{} @ {}`", vector(&right_name), matrix(&left_name))
        }
        (Shape::Vector(n), Shape::Matrix(rows, columns)) => {
            format!(
                "declare `{}[{n}, {}]`, or multiply it by a vector of length {rows}",
                matrix(&right_name),
                wanted(columns)
            )
        }
        (Shape::Matrix(rows, columns), Shape::Vector(n)) => {
            format!(
                "declare `{}[{}, {n}]`, or multiply it by a vector of length {columns}",
                matrix(&left_name),
                wanted(rows)
            )
        }
        (Shape::Matrix(..), Shape::Matrix(..)) => {
            "multiply by the vector first, one matrix at a time: `W2 @ (W1 @ x)` or `x @ W1 @ W2`".to_owned()
        }
        (Shape::Vector(_), Shape::Vector(_)) => "make both vectors of a dot product equally long".to_owned(),
        _ => "use `*` to multiply by a scalar".to_owned(),
    };
    Diagnostic::new(
        "M0302",
        format!("`@` can't multiply {left} by {right}"),
        left_span,
        format!("this is {left}"),
    )
    .also(right_span, format!("this is {right}"))
    .help(help)
}

pub(in crate::check) fn layer_shape(
    name: &Name,
    declared: Shape,
    at: Span,
    found: Shape,
    span: Span,
) -> Diagnostic {
    let title = format!("the layer `{}` is declared as {declared}, but its formula gives {found}", name.text);
    let remedy = match found {
        Shape::Vector(n) => {
            format!(
                "declare `layer {}[{n}]`, or change the weights so that the formula gives {declared}",
                name.text
            )
        }
        Shape::Scalar | Shape::Matrix(..) => {
            "a layer is a vector: multiply an input by a matrix with `@`".to_owned()
        }
    };
    Diagnostic::new("M0303", title, span, format!("this gives {found}"))
        .also(at, format!("declared as {declared}"))
        .help(remedy)
}

pub(in crate::check) fn layer_is_vector(name: &Name, found: Shape, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0304",
        format!("the layer `{}` is not a vector", name.text),
        span,
        format!("this is {found}"),
    )
    .help(format!("name its neurons, `layer {} {{ h1 = … }}`, or make the formula a vector", name.text))
}

pub(in crate::check) fn neuron_is_scalar(name: &Name, found: Shape, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0305",
        format!("the neuron `{}` is not a scalar", name.text),
        span,
        format!("this is {found}"),
    )
    .help("multiply vectors with `@`, or write the layer as a vector: `layer h[20] = …;`")
}

pub(in crate::check) fn loss_is_scalar(found: Shape, span: Span) -> Diagnostic {
    Diagnostic::new("M0306", "the loss is not a scalar", span, format!("this is {found}"))
        .help("sum the elements, `sum(…)`, or use a loss such as `half_squared_error(output, t)`")
}

pub(in crate::check) fn needs_vector(name: &Name, found: Shape, span: Span) -> Diagnostic {
    Diagnostic::new("M0307", format!("`{}` needs a vector", name.text), span, format!("this is {found}"))
        .help("pass a layer, an input with a length such as `input x[1]`, a group, or `concat(…)` of scalars")
}

pub(in crate::check) fn arguments_do_not_fit(call: &Call, arguments: &[Typed], reason: &str) -> Diagnostic {
    let shapes: Vec<String> = arguments.iter().map(|a| a.shape.to_string()).collect();
    let name = &call.name.text;
    let mut labels = arguments.iter();
    let first =
        labels.next().map_or((call.span, String::new()), |a| (a.span, format!("this is {}", a.shape)));
    let title = format!("`{name}` can't take {}", shapes.join(" and "));
    let diagnostic = Diagnostic::new("M0308", title, first.0, first.1);
    let diagnostic = labels.fold(diagnostic, |d, a| d.also(a.span, format!("this is {}", a.shape)));
    if arguments.iter().all(|a| a.shape == Shape::Scalar) {
        return diagnostic.help("pass vectors: a layer and the target by name");
    }
    diagnostic.help(format!("in its formula {reason}; pass arguments of the same length"))
}

pub(in crate::check) fn dense_outside_layer(function: &Name, span: Span) -> Diagnostic {
    let title = format!("`{}` is used outside a layer", function.text);
    Diagnostic::new("M0309", title, span, "its weights would not belong to any layer")
        .help(format!("use it in a layer's formula: `layer h[20] = sigmoid({}(x));`", function.text))
}

pub(in crate::check) fn dense_without_width(
    function: &Name,
    layer: &Name,
    target: Option<usize>,
    span: Span,
) -> Diagnostic {
    let name = &layer.text;
    let width = target.unwrap_or(20);
    Diagnostic::new(
        "M0310",
        format!("the width of `{}` is unknown", function.text),
        span,
        format!("the layer `{name}` is declared without a length"),
    )
    .help(format!(
        "write the length, `layer {name}[{width}] = …;`; in a named neuron write `w @ x + b` and declare `w` and `b`"
    ))
}

pub(in crate::check) fn matrix_of_data(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0311", format!("the {what} can't be a matrix"), span, "a sample is a vector")
        .help("declare a vector, `[32 * 32]`, and pass the rows one after another")
}

pub(in crate::check) fn too_many_dimensions(span: Span) -> Diagnostic {
    Diagnostic::new("M0312", "a shape has one or two sizes", span, "neither a vector nor a matrix")
        .help("write `[length]` or `[rows, columns]`")
}

pub(in crate::check) fn shape_in_group(span: Span) -> Diagnostic {
    Diagnostic::new("M0313", "an element of a group is a scalar", span, "a shape is not allowed here")
        .help("declare the vector separately: `input image[1024];`")
}

pub(in crate::check) fn needs_matrix(name: &Name, found: Shape, span: Span) -> Diagnostic {
    Diagnostic::new("M0314", format!("`{}` needs a matrix", name.text), span, format!("this is {found}"))
        .help("remove `transpose`: `@` takes a vector as a row or a column, whichever fits")
}

pub(in crate::check) fn penalty_is_scalar(found: Shape, span: Span) -> Diagnostic {
    Diagnostic::new("M0315", "the penalty is not a scalar", span, format!("this is {found}"))
        .help("sum the elements, `sum(…)`, or use `l2(W, 0.001)`")
}

pub(in crate::check) fn setting_is_scalar(found: Shape, span: Span) -> Diagnostic {
    Diagnostic::new("M0316", "a setting is a single number", span, format!("this is {found}"))
        .help("write a number, or a schedule such as `0.1 * 0.95^step`")
}
