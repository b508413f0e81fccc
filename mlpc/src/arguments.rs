//! Defines the command line: commands, arguments and their help.

mod learning;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use learning::{Evaluate, EvaluateFormat, Every, Run, RunFormat, Train};

/// Compiles specifications of multilayer perceptrons: checks, summarizes and evaluates them, derives
/// backpropagation step by step and generates Rust code.
#[derive(Debug, Parser)]
#[command(name = "mlpc", version, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// The command.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check for errors, and compare the gradients with complex-step derivatives
    Check(Check),
    /// Report layers, dimensions, parameters, links, batches, memory and multiply-adds
    Summary(Summary),
    /// Perform the declared training step and print every number
    Eval(Eval),
    /// Write the worked derivation as Markdown, HTML or JSON
    Derive(Derive),
    /// Draw the network
    Graph(Graph),
    /// Generate Rust code for the network, or one training step as a program in Python or JavaScript
    Emit(Emit),
    /// Train the network with a table
    Train(Box<Train>),
    /// Compute the outputs for a table
    Run(Run),
    /// Measure how good the outputs for a table are
    Evaluate(Evaluate),
    /// Write a model of another tool as a specification and its weights
    Import(Import),
    /// Write a network and its numbers for another tool
    Export(Export),
    /// Format specifications
    Fmt(Fmt),
    /// Explain the code of an error or warning
    Explain(Explain),
    /// Run the language server over standard input and output
    Lsp(Lsp),
}

/// `import`
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The model, in the format ONNX
    #[arg(value_name = "MODEL")]
    pub(crate) model: PathBuf,
    /// The specification to write; the weights are written beside it, with the ending `.safetensors`
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// The name of the network, instead of one like that of the file
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Inputs and what the model computes for them, which the specification will be held to: arrays in a file `.npz`, by the names of the
    /// model, with a row for each sample
    #[arg(long, value_name = "FILE")]
    pub(crate) expect: Option<PathBuf>,
    /// The largest distance from what is expected, in units of the larger of 1 and the expected number
    #[arg(long, value_name = "DISTANCE", default_value = "1e-5", requires = "expect")]
    pub(crate) within: f64,
    /// Replace files that are there
    #[arg(long)]
    pub(crate) force: bool,
}

/// `export`
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) source: Source,
    /// The format, instead of that of the file's ending
    #[arg(long, value_enum)]
    pub(crate) format: Option<ExportFormat>,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// The numbers of the parameters: a file of weights or a checkpoint, instead of the start values
    #[arg(long, value_name = "FILE")]
    pub(crate) weights: Option<PathBuf>,
}

/// A format of `export`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// The equations of the forward pass and the numbers, for runtimes of ONNX
    Onnx,
    /// The numbers under the names of the parameters
    Safetensors,
    /// The same as arrays of NumPy
    Npz,
}

/// The file with the specification.
#[derive(Clone, Debug, Args)]
pub(crate) struct Source {
    /// The specification; `-` reads standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The format of errors and warnings
    #[arg(long, value_enum, default_value_t)]
    pub(crate) message_format: MessageFormat,
    /// Fail if there is a warning
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Option<Deny>,
}

/// What makes a command fail beside errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// All warnings
    Warnings,
}

/// The formats of errors and warnings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageFormat {
    /// With source lines and labels
    #[default]
    Text,
    /// One line per error or warning
    Short,
    /// One line of JSON per error or warning
    Json,
}

/// `check`
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) source: Source,
}

/// `summary`
#[derive(Debug, Args)]
pub(crate) struct Summary {
    #[command(flatten)]
    pub(crate) source: Source,
    /// The batch size, instead of the one declared in `train`
    #[arg(long, value_name = "N", value_parser = count())]
    pub(crate) batch: Option<u64>,
    /// The number of samples, instead of the one declared in `train`
    #[arg(long, value_name = "N", value_parser = count())]
    pub(crate) samples: Option<u64>,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: SummaryFormat,
}

/// The formats of a summary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SummaryFormat {
    /// A text table
    #[default]
    Table,
    /// Markdown tables
    Markdown,
    /// JSON
    Json,
}

/// One of the declared samples.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Choice {
    /// Use the N-th sample of `data` alone, counted from 1, instead of the declared batch
    #[arg(long, value_name = "N", value_parser = count())]
    pub(crate) sample: Option<u64>,
}

/// `eval`
#[derive(Debug, Args)]
pub(crate) struct Eval {
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) choice: Choice,
    /// Perform N training steps, batch after batch, and print the last and all losses
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count())]
    pub(crate) steps: u64,
    /// Print the numbers of the network's own code, in its number type, instead of 64-bit ones
    #[arg(long)]
    pub(crate) as_executed: bool,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: EvalFormat,
}

/// The formats of evaluated numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum EvalFormat {
    /// A text table
    #[default]
    Table,
    /// JSON with 17 significant digits
    Json,
    /// Comma-separated values with 17 significant digits
    Csv,
}

/// The destination of generated text.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write nothing; fail if the file given with -o is out of date
    #[arg(long, requires = "output")]
    pub(crate) check: bool,
}

/// `derive`
#[derive(Debug, Args)]
pub(crate) struct Derive {
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) choice: Choice,
    /// The number of decimal places; 17 prints 17 significant digits
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=17))]
    pub(crate) digits: Option<u8>,
    /// Round each computed number to N decimal places before it is used further, as with a calculator
    #[arg(long, value_name = "N", conflicts_with = "digits", value_parser = clap::value_parser!(u8).range(1..=15))]
    pub(crate) round_each: Option<u8>,
    /// The batch size, instead of the one declared in `train`
    #[arg(long, value_name = "N", value_parser = count())]
    pub(crate) batch: Option<u64>,
    /// The output format; without it, the ending of FILE given with -o decides, and Markdown is the default
    #[arg(long, value_enum)]
    pub(crate) format: Option<DeriveFormat>,
    /// How much of each differentiation is written: `full` spells out powers and zeros
    #[arg(long, value_enum, default_value_t)]
    pub(crate) detail: Detail,
    /// Derive N training steps; from the second on with what the step before it has left
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=5))]
    pub(crate) steps: u8,
    #[command(flatten)]
    pub(crate) length: Length,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// The formats of a derivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeriveFormat {
    /// Markdown with LaTeX and Mermaid
    Markdown,
    /// A page for a browser and a printer, in one file
    Html,
    /// The steps as data
    Json,
}

impl DeriveFormat {
    /// The word of the command line.
    pub(crate) fn word(self) -> &'static str {
        match self {
            DeriveFormat::Markdown => "markdown",
            DeriveFormat::Html => "html",
            DeriveFormat::Json => "json",
        }
    }
}

/// How much of each differentiation is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Detail {
    /// The result
    #[default]
    Usual,
    /// Each rule with its powers and zeros, then the result
    Full,
}

/// `graph`
#[derive(Debug, Args)]
pub(crate) struct Graph {
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) choice: Choice,
    /// What is drawn
    #[arg(long, value_enum, default_value_t)]
    pub(crate) kind: GraphKind,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: GraphFormat,
    /// Write the start values on the weights and the values of the forward pass into the neurons
    #[arg(long)]
    pub(crate) values: bool,
    /// The number of decimal places; of significant digits with `--kind computation`
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=17))]
    pub(crate) digits: Option<u8>,
    /// With `--kind computation`: draw the paths from this value to the loss, and nothing else
    #[arg(long, value_name = "NAME")]
    pub(crate) focus: Option<String>,
    /// With `--kind computation`: write one picture for each step, name-01.svg, name-02.svg, …, beside the file of -o
    #[arg(long, requires = "output")]
    pub(crate) frames: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// The pictures of a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphKind {
    /// Its neurons and weights
    #[default]
    Network,
    /// The gates that compute the loss, with values and gradients
    Computation,
}

/// The formats of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// A picture that browsers show
    #[default]
    Svg,
    /// The language of Graphviz
    Dot,
    /// A Mermaid flowchart, which GitHub draws
    Mermaid,
}

/// How much of the derivation is written.
#[derive(Clone, Debug, Args)]
pub(crate) struct Length {
    /// How much is written out
    #[arg(long, value_enum, default_value_t)]
    pub(crate) form: Form,
    /// Only the step of these parameters, such as `w5` or `W1[2,1]`; numbers from elsewhere are listed first
    #[arg(long, value_name = "NAME", value_parser = name, action = clap::ArgAction::Append)]
    pub(crate) only: Vec<Names>,
    /// Only what lies on a path from these parameters to the loss
    #[arg(long, value_name = "NAME", value_parser = name, action = clap::ArgAction::Append)]
    pub(crate) focus: Vec<Names>,
    /// Only these sections, such as `backward`: the keys of their headings in front matter
    #[arg(long, value_name = "KEY", value_delimiter = ',')]
    pub(crate) section: Vec<String>,
}

/// How much is written out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// One weight of each layer; the others in a table
    Brief,
    /// Each parameter
    #[default]
    Full,
}

/// Names with commas between them.
#[derive(Clone, Debug)]
pub(crate) struct Names(pub(crate) Vec<String>);

/// Names as on the command line: the comma of an element, as in `W1[2,1]`, separates no names.
fn name(text: &str) -> Result<Names, String> {
    let mut names = vec![String::new()];
    let mut inside = false;
    for c in text.chars() {
        inside = (inside || c == '[') && c != ']';
        if c == ',' && !inside {
            names.push(String::new());
        } else if let Some(last) = names.last_mut() {
            last.push(c);
        }
    }
    let names: Vec<String> = names.into_iter().map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) { Err("a name is missing".to_owned()) } else { Ok(Names(names)) }
}

/// `emit`
#[derive(Debug, Args)]
pub(crate) struct Emit {
    #[command(flatten)]
    pub(crate) source: Source,
    /// The language; without it the ending of the file given with -o decides, and otherwise it is Rust
    #[arg(long, value_enum)]
    pub(crate) format: Option<EmitFormat>,
    #[command(flatten)]
    pub(crate) choice: Choice,
    /// Include the runtime, so that the code needs no crate; `simd` also includes the vector kernels
    #[arg(
        long,
        value_enum,
        value_name = "KERNELS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "safe"
    )]
    pub(crate) standalone: Option<Kernels>,
    /// The path of the crate `mlp` in the code, where it is renamed or re-exported: `library::mlp`, `crate::mlp`
    #[arg(long = "crate", value_name = "PATH")]
    pub(crate) runtime: Option<String>,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// The languages of generated code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EmitFormat {
    /// The network as a module of Rust
    Rust,
    /// The declared training step as a program in Python
    Python,
    /// The declared training step as a module of JavaScript
    #[value(name = "javascript")]
    JavaScript,
}

/// The kernels of a standalone file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kernels {
    /// Safe code, for any processor
    Safe,
    /// Also vector instructions, in `unsafe` code, where the processor supports them
    Simd,
}

/// `fmt`
#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Specifications, rewritten in place; `-` reads standard input and writes standard output
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Write nothing; fail if a file is not formatted
    #[arg(long)]
    pub(crate) check: bool,
    /// The format of error messages
    #[arg(long, value_enum, default_value_t)]
    pub(crate) message_format: MessageFormat,
}

/// `explain`
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The code, such as M0201 or W0101; without a code, all codes are listed
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
}

/// `lsp`
#[derive(Debug, Args)]
pub(crate) struct Lsp {
    /// Accepted and ignored: some editors pass it
    #[arg(long, hide = true)]
    pub(crate) stdio: bool,
}

/// A whole number from 1 to 2^40, so that products of counts do not overflow.
fn count() -> clap::builder::RangedU64ValueParser<u64> {
    clap::value_parser!(u64).range(1..=1 << 40)
}
