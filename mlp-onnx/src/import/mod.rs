//! From the nodes of a graph to the statements of a specification.

mod activations;
mod arithmetic;
mod choices;
mod expected;
mod linear;
mod names;
mod operators;
mod outputs;
mod pipelines;
mod row;
mod shapes;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    rc::Rc,
};

use mlp_dsl::{Compilation, limits, weights::Files};
use mlp_tensors::{Numbers, Tensor, write_safetensors};

use crate::{
    Error,
    constant::Constant,
    proto::element,
    read::{self, Known, Model, Node, shown},
};

use names::Names;
use row::{Declared, Formula, Row};

/// How a model is imported.
#[derive(Clone, Copy, Debug)]
pub struct Options<'o> {
    /// The name of the network.
    pub name: &'o str,
    /// The path of the weights, as the specification names it.
    pub weights: &'o str,
    /// What the model computes, if that is known.
    pub expected: Option<&'o Expected>,
}

/// Inputs of the model and what it computes for them, which the specification is held to.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// Arrays by the names of the model, with a row for each sample.
    pub arrays: Vec<Tensor>,
    /// The largest distance, in units of the larger of 1 and the expected number.
    pub within: f64,
}

/// An imported model.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The specification.
    pub text: String,
    /// The file of the weights.
    pub weights: Vec<u8>,
    /// The inputs.
    pub inputs: Vec<Port>,
    /// The outputs.
    pub outputs: Vec<Port>,
    /// What was left out.
    pub notes: Vec<String>,
}

/// An input or an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its name in the model.
    pub source: String,
    /// Its name in the specification.
    pub name: String,
    /// Its numbers for each sample.
    pub width: usize,
}

/// A function that the specification declares where the prelude has none.
struct Function {
    name: &'static str,
    text: &'static str,
}

/// What a name of the graph has been found to be.
#[derive(Clone)]
enum Value {
    Row(Row),
    Constant(Rc<Constant>),
    /// Whole numbers computed from the sizes of other values.
    Sizes,
    /// What is not read, and why.
    Refused(Error),
}

/// Reads a model and writes it as a specification.
///
/// # Errors
/// What can't be read: damaged files, operators that are not part of a multilayer perceptron, by node.
pub fn import(bytes: &[u8], options: Options<'_>) -> Result<Imported, Error> {
    let model = read::read(bytes)?;
    let mut importer = Importer::new(&model)?;
    for node in &model.nodes {
        importer.node(node);
    }
    let outputs = importer.outputs(&model)?;
    importer.finish(&model, options, outputs)
}

/// The longest formula to which more is added.
const LONGEST: usize = 120;

/// Numbers in all constants that nodes compute: a short file can ask for many.
const COMPUTED: usize = 1 << 26;

fn too_many(node: &Node) -> Value {
    let error = Error::new(
        format!("constants are computed with more than {COMPUTED} numbers in all"),
        "simplify the model first, as `onnxsim` does",
    );
    Value::Refused(error.at(node.shown()))
}

/// The import, half done.
struct Importer {
    values: HashMap<String, Value>,
    /// Numbers of the constants that nodes have computed.
    computed: usize,
    /// How often each name is used.
    uses: HashMap<String, usize>,
    names: Names,
    inputs: Vec<Port>,
    /// Functions that the formulas call.
    functions: BTreeSet<&'static str>,
    /// Parameters and layers, in order.
    statements: Vec<String>,
    tensors: Vec<Tensor>,
    notes: Vec<String>,
    /// Whether the network computes in 32 bits.
    is_single: bool,
}

impl Importer {
    fn new(model: &Model) -> Result<Self, Error> {
        let mut uses: HashMap<String, usize> = HashMap::new();
        let used = model.nodes.iter().flat_map(|node| &node.inputs);
        for name in used.chain(model.outputs.iter().map(|output| &output.name)) {
            *uses.entry(name.clone()).or_default() += 1;
        }
        let constants = model.constants.iter();
        let mut importer = Importer {
            values: constants
                .map(|(name, of)| (name.clone(), Value::Constant(Rc::new(of.clone()))))
                .collect(),
            computed: 0,
            uses,
            names: Names::new(),
            inputs: Vec::new(),
            functions: BTreeSet::new(),
            statements: Vec::new(),
            tensors: Vec::new(),
            notes: Vec::new(),
            is_single: !model.inputs.iter().any(|input| input.elements == element::DOUBLE),
        };
        for input in &model.inputs {
            importer.input(input)?;
        }
        one_batch(model)?;
        whole_numbers_are_converted(model)?;
        Ok(importer)
    }

    /// Declares an input: a vector of all numbers of a sample.
    fn input(&mut self, input: &Known) -> Result<(), Error> {
        if !self.uses.contains_key(&input.name) {
            return Ok(());
        }
        let unknown = |what: &str| {
            let title = format!("the input `{}` {what}", shown(&input.name));
            Error::new(
                title,
                "export the model with inputs of numbers, and with all sizes fixed but that of the batch",
            )
        };
        if !matches!(
            input.elements,
            element::FLOAT | element::DOUBLE | element::FLOAT16 | element::INT64 | element::INT32
        ) {
            return Err(unknown("is not of numbers"));
        }
        let Some(sizes) = &input.sizes else { return Err(unknown("has no sizes")) };
        // One size that is fixed is that of a sample; otherwise the first one is that of the batch.
        let is_batched = !matches!(sizes[..], [] | [Some(_)]);
        let shape: Option<Vec<usize>> = sizes.iter().skip(usize::from(is_batched)).copied().collect();
        let shape = shape.ok_or_else(|| unknown("has a size that is not fixed"))?;
        let width = shape.iter().try_fold(1_usize, |all, size| all.checked_mul(*size)).unwrap_or(0);
        if width == 0 || width as u64 > limits::LENGTH {
            return Err(unknown("has no numbers, or too many"));
        }
        if input.elements == element::FLOAT16 {
            let name = shown(&input.name);
            self.notes.push(format!("`{name}` has 16 bits in the model, and 32 in the network"));
        }
        let name = self.names.like(&input.name, "x");
        let formula = Formula::whole(name.clone());
        self.values.insert(input.name.clone(), Value::Row(Row { shape, is_batched, formula }));
        self.inputs.push(Port { source: input.name.clone(), name, width });
        Ok(())
    }

    /// Follows a node. What is refused is an error only if an output needs it.
    fn node(&mut self, node: &Node) {
        let results = match operators::results(self, node) {
            Ok(results) => results,
            Err(error) => vec![Value::Refused(error.at(node.shown())); node.outputs.len()],
        };
        for (name, value) in node.outputs.iter().zip(results).filter(|(name, _)| !name.is_empty()) {
            let value = match value {
                // What several nodes use is computed once, and no formula is long.
                Value::Row(row)
                    if row.formula.level != row::Level::Condition
                        && (self.uses.get(name).copied().unwrap_or(0) > 1
                            || row.formula.text.len() > LONGEST) =>
                {
                    Value::Row(self.named(row, name))
                }
                Value::Constant(constant) => {
                    self.computed += constant.numbers.len();
                    if self.computed <= COMPUTED { Value::Constant(constant) } else { too_many(node) }
                }
                value => value,
            };
            self.values.insert(name.clone(), value);
        }
    }

    /// What an input of a node is; none where it is left out.
    fn value(&self, node: &Node, index: usize) -> Result<Option<Value>, Error> {
        let Some(name) = node.inputs.get(index).filter(|name| !name.is_empty()) else { return Ok(None) };
        match self.values.get(name) {
            Some(Value::Refused(error)) => Err(error.clone()),
            Some(value) => Ok(Some(value.clone())),
            None => Err(Error::new(
                format!("its input `{}` is not computed before", shown(name)),
                "check the model with `onnx.checker.check_model`",
            )),
        }
    }

    /// A row as a name: a layer is declared unless it is one.
    fn named(&mut self, row: Row, called: &str) -> Row {
        self.layer(row, called, "h")
    }

    fn layer(&mut self, row: Row, called: &str, otherwise: &str) -> Row {
        if row.formula.is_name() {
            return row;
        }
        let Formula { text, is_scalar, declared, .. } = row.formula;
        let declared = declared.unwrap_or(Declared { called: String::new(), tensors: Vec::new() });
        let called = if declared.called.is_empty() { called } else { &declared.called };
        // Names of exporters such as `/net/Relu_output_0` say little.
        let name = self.names.like(if called.starts_with('/') { "" } else { called }, otherwise);
        for (role, constant) in declared.tensors {
            self.tensor(format!("{role}_{name}"), &constant);
        }
        let mut formula = Formula::whole(name.clone());
        if is_scalar {
            let element = self.names.numbered(&format!("{name}_"));
            self.statements.push(format!("layer {name} {{ {element} = {text} }}"));
            formula = Formula { is_scalar, ..Formula::whole(element) };
        } else {
            let width: usize = row.shape.iter().product();
            self.statements.push(format!("layer {name}[{width}] = {text};"));
        }
        Row { formula, ..row }
    }

    /// A row whose formula declares no parameters, so that another function may.
    fn without_parameters(&mut self, row: Row) -> Row {
        if row.formula.declared.is_some() { self.named(row, "") } else { row }
    }

    /// A row whose formula is a vector.
    fn vector(&mut self, row: Row) -> Row {
        if !row.formula.is_scalar {
            return row;
        }
        let formula =
            Formula { text: format!("concat({})", row.formula.text), is_scalar: false, ..row.formula };
        Row { formula, ..row }
    }

    /// A call of a function that the specification declares.
    fn call_own(&mut self, row: &Row, function: &Function) -> Row {
        self.functions.insert(function.text);
        row.call(function.name)
    }

    /// Declares a parameter.
    fn parameter(&mut self, constant: &Constant, shape: &[usize], kind: &str, word: &str) -> String {
        let name = self.names.numbered(word);
        let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
        self.statements.push(format!("{kind} {name}[{}];", sizes.join(", ")));
        let constant = Constant { shape: shape.to_vec(), ..constant.clone() };
        self.tensor(name.clone(), &constant);
        name
    }

    fn tensor(&mut self, name: String, constant: &Constant) {
        let numbers = if self.is_single {
            Numbers::F32(constant.numbers.iter().map(|number| *number as f32).collect())
        } else {
            Numbers::F64(constant.numbers.clone())
        };
        self.tensors.push(Tensor { name, shape: constant.shape.clone(), numbers });
    }

    /// The specification, which must compile.
    fn finish(mut self, model: &Model, options: Options<'_>, outputs: Vec<Port>) -> Result<Imported, Error> {
        let mut text: String = self.functions.iter().map(|function| format!("{function}\n\n")).collect();
        text += &documentation(model);
        text += &format!("network {}: {} {{\n", options.name, if self.is_single { "f32" } else { "f64" });
        for Port { name, width, .. } in &self.inputs {
            text += &format!("input {name}[{width}];\n");
        }
        for statement in std::mem::take(&mut self.statements) {
            text += &statement;
            text.push('\n');
        }
        let last = text.lines().last().unwrap_or_default().to_owned();
        let names: Vec<&str> = outputs.iter().map(|output| output.name.as_str()).collect();
        let is_last = matches!(names[..], [name] if last.starts_with(&format!("layer {name}[")));
        if !is_last {
            text += &format!("output {};\n", names.join(", "));
        }
        let statement = options.expected.map(|expected| self.expect(expected, &outputs, options.weights));
        if !self.tensors.is_empty() {
            text += &format!("weights from {:?};\n", options.weights);
        }
        text += &statement.transpose()?.unwrap_or_default();
        text += "}\n";
        let weights = write_safetensors(&self.tensors, &[]).map_err(|error| internal(&error))?;
        let text = mlp_dsl::format::format(&text)
            .map_err(|found| internal(&found.first().map_or("", |d| &d.title)))?;
        let file = OneFile { path: options.weights, bytes: &weights };
        if let Err(found) = Compilation::of(&text, &file) {
            return Err(uncompiled(&found));
        }
        Ok(Imported { text, weights, inputs: self.inputs, outputs, notes: self.notes })
    }
}

/// All inputs have a sample in each row: their first sizes are equal, or none has a batch.
fn one_batch(model: &Model) -> Result<(), Error> {
    // Whether there is a batch, and its size where it is fixed.
    let batch = |input: &Known| match input.sizes.as_deref()? {
        [] | [Some(_)] => Some((false, None)),
        [size, ..] => Some((true, *size)),
    };
    let batches: Vec<_> = model.inputs.iter().filter_map(|input| Some((input, batch(input)?))).collect();
    let differ = |a: (bool, Option<usize>), b: (bool, Option<usize>)| {
        a.0 != b.0 || matches!((a.1, b.1), (Some(a), Some(b)) if a != b)
    };
    match batches.windows(2).find(|pair| matches!(pair, [(_, a), (_, b)] if differ(*a, *b))) {
        Some([(a, _), (b, _)]) => Err(Error::new(
            format!("the inputs `{}` and `{}` have different first sizes", shown(&a.name), shown(&b.name)),
            "the language computes each sample by itself: export the model with the batch as the first size of each input",
        )),
        _ => Ok(()),
    }
}

/// Arithmetic of whole numbers is not that of floats.
fn whole_numbers_are_converted(model: &Model) -> Result<(), Error> {
    let whole = model.inputs.iter().filter(|input| matches!(input.elements, element::INT64 | element::INT32));
    let whole: HashSet<&String> = whole.map(|input| &input.name).collect();
    let computing =
        model.nodes.iter().filter(|node| node.operator != "Cast" && node.domain != operators::PIPELINES);
    for node in computing {
        if let Some(name) = node.inputs.iter().find(|name| whole.contains(name)) {
            let error = Error::new(
                format!("it computes with the whole numbers of the input `{}`", shown(name)),
                "the language computes with floats: export the model with an input of floats, or with a Cast after it",
            );
            return Err(error.at(node.shown()));
        }
    }
    Ok(())
}

/// Where the model comes from, and its classes.
fn documentation(model: &Model) -> String {
    let mut text = String::new();
    if !model.producer.is_empty() {
        text += &format!("/// Imported from a model of {}.\n", shown(&model.producer));
    }
    let names: Vec<String> = model.classes.iter().map(|name| shown(name)).collect();
    if (2..=CLASSES).contains(&names.len()) {
        text += &format!("/// The classes are {}.\n", names.join(", "));
    }
    text
}

/// The most classes that are named.
const CLASSES: usize = 100;

/// The file of the weights, which is not yet written.
struct OneFile<'f> {
    path: &'f str,
    bytes: &'f [u8],
}

impl Files for OneFile<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, mlp_dsl::weights::Unread> {
        if path == self.path {
            return Ok(self.bytes.to_vec());
        }
        Err(mlp_dsl::weights::Unread { reason: "it is another file".to_owned(), help: String::new() })
    }
}

/// A specification that does not compile: the model is larger than the language allows, or has numbers that it does not.
fn uncompiled(found: &[mlp_dsl::diagnostic::Diagnostic]) -> Error {
    let Some(first) = found.first() else { return internal(&"") };
    Error::new(
        format!("the network can't be compiled: {} ({})", first.title, first.code),
        first.help.clone().unwrap_or_default(),
    )
}

fn internal(what: &dyn std::fmt::Display) -> Error {
    Error::new(format!("the network can't be written: {what}"), "please report the model")
}
