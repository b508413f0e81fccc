//! Every mistake a specification can have: its code, its words and the way to mend it.
//! Passes hand over facts; prose is written here and nowhere else.

use crate::{
    diagnostic::Diagnostic,
    ir::equation::Shape,
    limits,
    model::Typed,
    span::Span,
    syntax::ast::{Call, Name},
};

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "nothing".to_owned(),
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("{count} {word}") } else { format!("{count} {word}s") }
}

/// Control characters, and those that turn the direction of text, must not reach a terminal or a source line.
fn visible(text: &str) -> String {
    let acts = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().flat_map(|c| if acts(c) { c.escape_default().collect() } else { vec![c] }).collect()
}

// ── M01: text and syntax ────────────────────────────────────────────────────────────────────────

pub(crate) fn text_too_long() -> Diagnostic {
    let most = limits::TEXT_BYTES;
    Diagnostic::new(
        "M0101",
        "the text is too long",
        Span::default(),
        format!("more than {most} bytes from here on"),
    )
    .help("write wide layers as vectors: `layer h[20] = …;`")
}

pub(crate) fn too_deep(span: Span) -> Diagnostic {
    let most = limits::NESTING;
    Diagnostic::new("M0102", "the nesting is too deep", span, format!("more than {most} levels"))
        .help("name the inner part: as a neuron, a layer or a `fn`")
}

pub(crate) fn unclosed(bracket: char, span: Span) -> Diagnostic {
    let closer = closer(bracket);
    Diagnostic::new(
        "M0103",
        format!("this `{bracket}` is never closed"),
        span,
        format!("`{closer}` is missing"),
    )
    .help(format!("add `{closer}` where the part ends"))
}

pub(crate) fn mismatched(bracket: char, opened: Span, found: char, span: Span) -> Diagnostic {
    let closer = closer(bracket);
    Diagnostic::new(
        "M0103",
        format!("`{bracket}` is closed by `{found}`"),
        span,
        format!("expected `{closer}`"),
    )
    .also(opened, "opened here")
    .help(format!("close with `{closer}`, or remove the bracket that is too much"))
}

pub(crate) fn unopened(bracket: char, span: Span) -> Diagnostic {
    Diagnostic::new("M0103", format!("this `{bracket}` closes nothing"), span, "no bracket is open here")
        .help("remove it, or add the bracket that it should close")
}

/// A comment or a string.
pub(crate) fn endless(comment: bool, span: Span) -> Diagnostic {
    let (what, end) = if comment { ("comment", "`*/`") } else { ("string", "the closing quote") };
    Diagnostic::new("M0103", format!("this {what} never ends"), span, format!("{end} is missing"))
        .help(format!("add {end} where the {what} ends"))
}

fn closer(bracket: char) -> char {
    match bracket {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// `after` is there when an operand stands before the place: the bracket that is open then.
pub(crate) fn cannot_read(
    found: &str,
    span: Span,
    expected: &str,
    after: Option<Option<char>>,
) -> Diagnostic {
    let found = visible(found);
    let label =
        if expected.is_empty() { "not expected here".to_owned() } else { format!("expected {expected}") };
    let title = if found.is_empty() {
        "the text ends too early".to_owned()
    } else {
        format!("can't read `{found}` here")
    };
    Diagnostic::new("M0104", title, span, label).help(reading_help(&found, after))
}

fn reading_help(found: &str, after: Option<Option<char>>) -> String {
    let first = found.chars().next().unwrap_or(' ');
    let starts_operand = first.is_alphanumeric() || first == '_' || first == '(';
    let help = match (found, after) {
        (".", _) => "elements of a vector have no names of their own; numbers are written `0.5`",
        ("[", _) => "a list is a start value: `= [0.1, 0.2]`; in formulas use names",
        ("if" | "then" | "else", _) => "`if`, `then` and `else` can't be names",
        ("×" | "·" | "⋅", _) => "to multiply write `*`",
        ("=", Some(_)) => "to compare two numbers write `==`",
        _ if first == '.' => return format!("write a zero in front: `0{found}`"),
        (_, None) if first.is_ascii_digit() => {
            "numbers are written as in Rust, without a suffix: `0.5`, `1_000`, `1e-3`"
        }
        (_, Some(Some('('))) if starts_operand => "to multiply write `*`; arguments are separated by `,`",
        (_, Some(Some(_))) if starts_operand => "elements are separated by `,`; to multiply write `*`",
        (_, Some(None)) if starts_operand => "put `,` or `;` in front of it; to multiply write `*`",
        ("*" | "/" | "+" | "-" | "@" | "^", _) => "an operator needs an operand on each side",
        (")" | "]" | "}" | "," | ";", None) => return format!("something is missing in front of `{found}`"),
        _ => "see the language reference for the form of each statement",
    };
    help.to_owned()
}

pub(crate) fn missing_semicolon(span: Span) -> Diagnostic {
    Diagnostic::new("M0104", "a `;` is missing", span, "behind this").help("end the statement with `;`")
}

pub(crate) fn unexpected(span: Span, expected: &str) -> Diagnostic {
    Diagnostic::new("M0104", "something is left over", span, format!("expected {expected}"))
        .help("end the statement with `;`")
}

pub(crate) fn unknown_statement<'w>(
    found: &str,
    span: Span,
    known: impl Iterator<Item = &'w str>,
) -> Diagnostic {
    let known: Vec<&str> = known.collect();
    let close = crate::check::closest(found, known.iter().copied());
    let title = match visible(found) {
        found if found.is_empty() => "no statement starts like this".to_owned(),
        found => format!("no statement starts with `{found}`"),
    };
    let diagnostic = Diagnostic::new("M0105", title, span, "not a statement");
    match close {
        _ if found == "#" => diagnostic.help("comments start with `//`, documentation with `///`"),
        Some(close) => diagnostic.help(format!("did you mean `{close}`?")),
        None => diagnostic.help(format!("a statement starts with {}", one_of(&known))),
    }
}

pub(crate) fn outside_network(found: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0105", format!("`{found}` stands outside a network"), span, "not a statement here")
        .help("put it between the braces of `network Name { … }`")
}

pub(crate) fn number_too_large(text: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0106",
        format!("the number `{text}` is too large"),
        span,
        "beyond the largest 64-bit float",
    )
    .help("numbers reach up to about 1.8e308")
}

pub(crate) fn name_too_long(span: Span) -> Diagnostic {
    let most = limits::NAME_BYTES;
    Diagnostic::new("M0107", "the name is too long", span, format!("more than {most} bytes"))
        .help("choose a shorter name")
}

// ── M02: names ──────────────────────────────────────────────────────────────────────────────────

pub(crate) fn unknown_name(name: &Name, close: Option<(&str, Span)>) -> Diagnostic {
    let text = &name.text;
    let diagnostic = Diagnostic::new("M0201", format!("unknown name `{text}`"), name.span, "not declared");
    match close {
        Some((close, span)) => diagnostic
            .also(span, format!("`{close}` is declared here"))
            .help(format!("did you mean `{close}`?")),
        None => diagnostic.help(format!(
            "declare it before it is used: `weights {text};`, `input {text};` or `const {text} = …;`"
        )),
    }
}

pub(crate) fn used_before_declared(name: &Name, declared: Span) -> Diagnostic {
    Diagnostic::new("M0202", format!("`{}` is used before it is declared", name.text), name.span, "used here")
        .also(declared, "declared here, further down")
        .help("move the declaration above its first use; a neuron can't feed itself or an earlier layer")
}

pub(crate) fn unused(name: &str, what: &str, span: Span) -> Diagnostic {
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    Diagnostic::new(
        "M0203",
        format!("the {what} `{name}` is never used"),
        span,
        format!("{article} {what} without effect"),
    )
    .help("use it in a formula, or remove it")
}

pub(crate) fn declared_twice(name: &Name, first: Span) -> Diagnostic {
    Diagnostic::new("M0204", format!("`{}` is declared twice", name.text), name.span, "declared again")
        .also(first, "declared here first")
        .help("a name is one thing: rename one of the two")
}

pub(crate) fn unusable_name(name: &Name, reason: &str) -> Diagnostic {
    Diagnostic::new("M0205", format!("`{}` can't be a name", name.text), name.span, reason)
        .help("choose another name")
}

pub(crate) fn name_is_generated(name: &str, what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0206",
        format!("`{name}` is a name the compiler gives"),
        span,
        format!("it names {what}"),
    )
    .help("choose another name")
}

pub(crate) fn unknown_function(name: &Name, close: Option<&str>) -> Diagnostic {
    let text = &name.text;
    let diagnostic =
        Diagnostic::new("M0207", format!("unknown function `{text}`"), name.span, "not declared");
    match close {
        Some(close) => diagnostic.help(format!("did you mean `{close}`?")),
        None => diagnostic.help(format!("declare it above the network: `fn {text}(x) = …;`")),
    }
}

pub(crate) fn reserved_function(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0208",
        format!("`{}` can't be declared anew", name.text),
        name.span,
        "part of the language",
    )
    .help("choose another name; activations and losses of the prelude may be declared anew")
}

pub(crate) fn unknown_precision(name: &Name) -> Diagnostic {
    Diagnostic::new("M0209", format!("unknown number type `{}`", name.text), name.span, "not a number type")
        .help("write `f32` or `f64`")
}

pub(crate) fn unknown_initializer(name: &Name, close: Option<&str>, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        "M0210",
        format!("unknown initializer `{}`", name.text),
        name.span,
        "not an initializer",
    );
    match close {
        Some(close) => diagnostic.help(format!("did you mean `{close}`?")),
        None => diagnostic.help(format!("use {}", one_of(known))),
    }
}

pub(crate) fn unknown_rule(name: &Name, close: Option<&str>, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        "M0211",
        format!("unknown training rule `{}`", name.text),
        name.span,
        "not a training rule",
    );
    match close {
        Some(close) => diagnostic.help(format!("did you mean `{close}`?")),
        None => diagnostic.help(format!("use {}", one_of(known))),
    }
}

pub(crate) fn unknown_option(name: &Name, close: Option<&str>, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        "M0212",
        format!("unknown option `{}`", name.text),
        name.span,
        "not an option of `train`",
    );
    match close {
        Some(close) => diagnostic.help(format!("did you mean `{close}`?")),
        None => diagnostic.help(format!("use {}", one_of(known))),
    }
}

// ── M03: shapes ─────────────────────────────────────────────────────────────────────────────────

pub(crate) fn shapes_differ(sign: &str, sides: [(Shape, Span); 2], span: Span) -> Diagnostic {
    let [(left, left_span), (right, right_span)] = sides;
    let title = format!("`{sign}` can't combine {left} with {right}");
    let _ = span;
    Diagnostic::new("M0301", title, left_span, format!("this is {left}"))
        .also(right_span, format!("this is {right}"))
        .help("element by element both sides need the same shape, or one is a scalar; `@` is the matrix product")
}

pub(crate) fn product_shapes(sides: [(Shape, Span); 2]) -> Diagnostic {
    let [(left, left_span), (right, right_span)] = sides;
    let help = match (left, right) {
        (Shape::Vector(n), Shape::Matrix(_, columns)) if n == columns => {
            "the other way round they fit: write the matrix first for columns, `W @ x`".to_owned()
        }
        (Shape::Matrix(rows, _), Shape::Vector(n)) if n == rows => {
            "the other way round they fit: write the vector first for rows, `x @ W`".to_owned()
        }
        (Shape::Vector(n), Shape::Matrix(rows, columns)) => {
            format!("declare the matrix as [{n}, {columns}], or give it a vector of {rows}")
        }
        (Shape::Matrix(rows, columns), Shape::Vector(n)) => {
            format!("declare the matrix as [{rows}, {n}], or give it a vector of {columns}")
        }
        (Shape::Matrix(..), Shape::Matrix(..)) => {
            "multiply the vector first, one matrix at a time: `W2 @ (W1 @ x)` or `x @ W1 @ W2`".to_owned()
        }
        (Shape::Vector(_), Shape::Vector(_)) => "the dot product needs two vectors of one length".to_owned(),
        _ => "for a scalar use `*`".to_owned(),
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

pub(crate) fn layer_shape(name: &Name, declared: Shape, at: Span, found: Shape, span: Span) -> Diagnostic {
    let title = format!("the layer `{}` is declared {declared}, but its formula gives {found}", name.text);
    let remedy = match found {
        Shape::Vector(n) => {
            format!("declare `layer {}[{n}]`, or change the weights to give {declared}", name.text)
        }
        _ => "a layer is a vector: start from an input and multiply with `@`".to_owned(),
    };
    Diagnostic::new("M0303", title, span, format!("this gives {found}"))
        .also(at, format!("declared {declared}"))
        .help(remedy)
}

pub(crate) fn layer_is_vector(name: &Name, found: Shape, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0304",
        format!("the layer `{}` is not a vector", name.text),
        span,
        format!("this is {found}"),
    )
    .help(format!("name its neurons, `layer {} {{ h1 = … }}`, or give a vector", name.text))
}

pub(crate) fn neuron_is_scalar(name: &Name, found: Shape, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0305",
        format!("the neuron `{}` is not a scalar", name.text),
        span,
        format!("this is {found}"),
    )
    .help("multiply vectors with `@`, or write the layer as a whole: `layer h[20] = …;`")
}

pub(crate) fn loss_is_scalar(found: Shape, span: Span) -> Diagnostic {
    Diagnostic::new("M0306", "the loss is not a scalar", span, format!("this is {found}"))
        .help("add the parts up: `sum(…)`, or use a loss such as `half_squared_error(output, t)`")
}

pub(crate) fn needs_vector(name: &Name, found: Shape, span: Span) -> Diagnostic {
    Diagnostic::new("M0307", format!("`{}` needs a vector", name.text), span, format!("this is {found}"))
        .help("give it a layer, an input or a target")
}

pub(crate) fn arguments_do_not_fit(call: &Call, arguments: &[Typed], reason: &str) -> Diagnostic {
    let shapes: Vec<String> = arguments.iter().map(|a| a.shape.to_string()).collect();
    let name = &call.name.text;
    let mut labels = arguments.iter();
    let first =
        labels.next().map_or((call.span, String::new()), |a| (a.span, format!("this is {}", a.shape)));
    let title = format!("`{name}` can't take {}", shapes.join(" and "));
    let diagnostic = Diagnostic::new("M0308", title, first.0, first.1);
    let diagnostic = labels.fold(diagnostic, |d, a| d.also(a.span, format!("this is {}", a.shape)));
    diagnostic.help(format!("inside it {reason}; give it arguments of one length"))
}

pub(crate) fn dense_outside_layer(span: Span) -> Diagnostic {
    Diagnostic::new("M0309", "`dense` stands outside a layer", span, "its weights would belong to no layer")
        .help("use it in a layer's formula: `layer h[20] = sigmoid(dense(x));`")
}

pub(crate) fn dense_without_width(layer: &Name, span: Span) -> Diagnostic {
    let name = &layer.text;
    Diagnostic::new(
        "M0310",
        "`dense` does not know its width",
        span,
        format!("the layer `{name}` has no length"),
    )
    .help(format!("write the length: `layer {name}[20] = …;`"))
}

pub(crate) fn matrix_of_data(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0311", format!("an {what} can't be a matrix"), span, "a sample is a vector")
        .help("write the product, `[32 * 32]`, and pass the rows one after another")
}

pub(crate) fn too_many_dimensions(span: Span) -> Diagnostic {
    Diagnostic::new("M0312", "a shape has one or two sizes", span, "neither a vector nor a matrix")
        .help("write `[length]` or `[rows, columns]`")
}

pub(crate) fn shape_in_group(span: Span) -> Diagnostic {
    Diagnostic::new("M0313", "an element of a group is a scalar", span, "no shape belongs here")
        .help("declare the vector by itself: `input image[1024];`")
}

// ── M04: values ─────────────────────────────────────────────────────────────────────────────────

pub(crate) fn not_finite(span: Span) -> Diagnostic {
    Diagnostic::new("M0401", "this is not a finite number", span, "infinite or undefined")
        .help("check for a division by zero and for overflow")
}

pub(crate) fn not_a_number(span: Span) -> Diagnostic {
    Diagnostic::new("M0402", "a number is needed here", span, "not known when compiling")
        .help("use literals, constants and `+ - * / ^`")
}

pub(crate) fn not_whole(what: &str, value: f64, least: u64, most: u64, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0403",
        format!("{what} is a whole number from {least} to {most}"),
        span,
        format!("this is {value}"),
    )
    .help(format!("write a whole number from {least} to {most}"))
}

pub(crate) fn value_count(name: &Name, wanted: usize, found: usize, what: &str, span: Span) -> Diagnostic {
    let title = format!("`{}` needs {wanted} {what}, not {found}", name.text);
    let help = match wanted.checked_sub(found) {
        Some(missing) if missing > 0 => format!("add {missing} more, or change the shape"),
        _ => format!("remove {}, or change the shape", found.saturating_sub(wanted)),
    };
    Diagnostic::new("M0404", title, span, format!("{found} here"))
        .also(name.span, format!("declared with {wanted}"))
        .help(help)
}

pub(crate) fn list_for_scalar(name: &Name, span: Span) -> Diagnostic {
    Diagnostic::new("M0405", format!("`{}` is a scalar", name.text), span, "a list")
        .also(name.span, "declared without a shape")
        .help(format!("give it a shape, `{}[…]`, or one number", name.text))
}

pub(crate) fn row_expected(name: &Name, columns: usize, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0406",
        format!("`{}` is a matrix: each row is a list", name.text),
        span,
        "a single number",
    )
    .help(format!("write each row in brackets, with {}", plural(columns, "value")))
}

pub(crate) fn list_too_deep(span: Span) -> Diagnostic {
    Diagnostic::new("M0407", "a list too deep", span, "a number is needed here")
        .help("a vector is `[1, 2]`, a matrix `[[1, 2], [3, 4]]`")
}

pub(crate) fn value_missing(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0408",
        format!("`{}` has no value, but others of its group have", name.text),
        name.span,
        "no value",
    )
    .help(format!("write `{} = …`, or leave all values out", name.text))
}

pub(crate) fn data_is_not_drawn(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0409", format!("the values of an {what} can't be drawn"), span, "an initializer")
        .help("give values with `=`; only weights and biases have initializers")
}

pub(crate) fn empty_range(span: Span, low: f64, high: f64) -> Diagnostic {
    Diagnostic::new("M0410", "the range is empty", span, format!("{low} is not below {high}"))
        .help("write `uniform(low, high)` with low < high")
}

pub(crate) fn initializer_needs_matrix(call: &Call) -> Diagnostic {
    let name = &call.name.text;
    Diagnostic::new(
        "M0411",
        format!("`{name}` needs a vector or matrix"),
        call.span,
        "a scalar has no fan-in",
    )
    .help("for a scalar write a value, or `~ uniform(-1, 1)`")
}

pub(crate) fn unknown_setting(of: &Name, span: Span, known: &[&str]) -> Diagnostic {
    let help = if known.is_empty() { "remove it".to_owned() } else { format!("it takes {}", one_of(known)) };
    Diagnostic::new("M0412", format!("`{}` has no such setting", of.text), span, "not a setting").help(help)
}

pub(crate) fn setting_twice(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0413", format!("`{name}` is given twice"), span, "given again")
        .help("keep one of the two")
}

pub(crate) fn missing_setting(call: &Call, missing: &str) -> Diagnostic {
    let name = &call.name.text;
    Diagnostic::new(
        "M0414",
        format!("`{name}` needs `{missing}`"),
        call.span,
        format!("`{missing}` is missing"),
    )
    .help(format!("write `{name}({missing} = …)`"))
}

pub(crate) fn named_argument(name: &Name) -> Diagnostic {
    Diagnostic::new("M0415", "arguments of a function have no names", name.span, "a name")
        .help(format!("remove `{} =`", name.text))
}

pub(crate) fn argument_count(call: &Call, wanted: usize) -> Diagnostic {
    let found = call.arguments.len();
    let title = format!("`{}` takes {}, not {found}", call.name.text, plural(wanted, "argument"));
    Diagnostic::new("M0416", title, call.span, format!("{} here", plural(found, "argument")))
        .help(format!("give it {}", plural(wanted, "argument")))
}

pub(crate) fn beyond_single(value: f64, span: Span) -> Diagnostic {
    let title = format!("{value:e} is too large for `f32`");
    Diagnostic::new("M0417", title, span, "beyond the largest 32-bit float")
        .help("`f32` reaches up to about 3.4e38: use a smaller number, or `f64` for the network")
}

// ── M05: structure ──────────────────────────────────────────────────────────────────────────────

pub(crate) fn no_network() -> Diagnostic {
    Diagnostic::new("M0501", "no network is declared", Span::default(), "expected `network`")
        .help("write `network Name: f64 { … }`")
}

pub(crate) fn second_network(name: &Name) -> Diagnostic {
    Diagnostic::new("M0502", "a specification has one network", name.span, "a second one")
        .help("put it into a file or `mlp!` of its own")
}

pub(crate) fn second(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0503", format!("a network has one `{what}`"), span, "a second one")
        .help("keep one of the two")
}

pub(crate) fn no_layers(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0504",
        format!("the network `{}` has no layer", name.text),
        name.span,
        "nothing to compute",
    )
    .help("add `layer output[…] = …;`; the last layer is the output")
}

pub(crate) fn no_inputs(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0505",
        format!("the network `{}` has no input", name.text),
        name.span,
        "nothing to read",
    )
    .help("add `input x[…];` or `input x { i1, i2 }`")
}

pub(crate) fn empty_group(name: &Name) -> Diagnostic {
    Diagnostic::new("M0506", format!("`{}` is empty", name.text), name.span, "nothing between the braces")
        .help("declare at least one element")
}

pub(crate) fn train_without_loss(span: Span) -> Diagnostic {
    Diagnostic::new("M0507", "`train` without a loss", span, "nothing to minimise")
        .help("add `target …` and `loss …`, or remove `train` for inference only")
}

pub(crate) fn kernel_outside_prelude(name: &Name) -> Diagnostic {
    Diagnostic::new("M0508", "`kernel` belongs to the prelude", name.span, "not for a function of your own")
        .help("remove it; the prelude's `softmax` and `cross_entropy` are stable already")
}

pub(crate) fn function_without_parameters(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0509",
        format!("the function `{}` has no parameter", name.text),
        name.span,
        "a constant in disguise",
    )
    .help(format!("write `const {} = …;`", name.text))
}

pub(crate) fn derivative_of_many(name: &Name) -> Diagnostic {
    Diagnostic::new("M0510", "a stated derivative needs one parameter", name.span, "more than one parameter")
        .help("leave the derivative out: it is derived by rule")
}

pub(crate) fn derivative_of_array_function(span: Span) -> Diagnostic {
    Diagnostic::new("M0511", "a function of vectors can't state its derivative", span, "stated here")
        .help("leave it out: it is derived by rule")
}

pub(crate) fn loss_without_parameters(span: Span) -> Diagnostic {
    Diagnostic::new("M0512", "the loss depends on no parameter", span, "nothing can be learnt from it")
        .help("let the loss compare the output with the target")
}

// ── M06: limits ─────────────────────────────────────────────────────────────────────────────────

pub(crate) fn too_many_parameters(count: u64, span: Span) -> Diagnostic {
    let most = limits::PARAMETERS;
    Diagnostic::new("M0601", format!("{count} parameters are too many"), span, "the limit is passed here")
        .help(format!("a network has at most {most} parameters"))
}

pub(crate) fn function_too_large(name: &Name) -> Diagnostic {
    let most = limits::FUNCTION_OPERATIONS;
    Diagnostic::new(
        "M0602",
        format!("the function `{}` is too large", name.text),
        name.span,
        "functions it calls included",
    )
    .help(format!("a function has at most {most} operations"))
}

pub(crate) fn too_many_operations(span: Span) -> Diagnostic {
    let most = limits::OPERATIONS;
    Diagnostic::new(
        "M0603",
        "the formulas are too large",
        span,
        format!("more than {most} operations in all"),
    )
    .help("write wide layers as vectors: `layer h[20] = sigmoid(dense(x));`")
}

pub(crate) fn calls_too_large(span: Span) -> Diagnostic {
    let (operations, calls) = (limits::OPERATIONS, limits::INLINED_CALLS);
    Diagnostic::new(
        "M0603",
        "the formulas are too large",
        span,
        format!("with the functions it calls: more than {operations} parts, or more than {calls} calls deep"),
    )
    .help("let a function of vectors call another one once, and give its result a name as a layer")
}

pub(crate) fn too_much_data(count: u64, span: Span) -> Diagnostic {
    let most = limits::DATA;
    Diagnostic::new(
        "M0604",
        format!("{count} numbers of inputs and target are too many"),
        span,
        "the limit is passed here",
    )
    .help(format!("the inputs and the target of a sample have at most {most} numbers together"))
}
