//! What may stand on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Compiles specifications of multilayer perceptrons: checks them, counts, evaluates, derives the
/// backpropagation on paper and prints Rust.
#[derive(Debug, Parser)]
#[command(name = "mlpc", version, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look for mistakes, and hold the gradients against the complex-step derivative
    Check(Check),
    /// Count layers, dimensions, parameters, links, batches, memory and multiply-adds
    Summary(Summary),
    /// Perform a training step at the declared numbers and print every value
    Eval(Eval),
    /// Write the worked derivation in Markdown
    Derive(Derive),
    /// Write the network as Rust
    Emit(Emit),
    /// Lay specifications out in the one style
    Fmt(Fmt),
    /// Explain a mistake by its code
    Explain(Explain),
    /// Serve an editor: the language server protocol over the standard input and output
    Lsp(Lsp),
}

/// The file with the specification.
#[derive(Debug, Args)]
pub(crate) struct Source {
    /// The specification; `-` reads the standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// How mistakes are printed
    #[arg(long, value_enum, default_value_t)]
    pub(crate) message_format: MessageFormat,
}

/// The forms of a mistake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageFormat {
    /// With the lines of the specification that matter
    #[default]
    Text,
    /// A line for each
    Short,
    /// A line of JSON for each
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
    /// Samples in a batch, instead of those declared in `train`
    #[arg(long, value_name = "N", value_parser = count())]
    pub(crate) batch: Option<u64>,
    /// Samples in all, instead of those declared in `train`
    #[arg(long, value_name = "N", value_parser = count())]
    pub(crate) samples: Option<u64>,
    /// The form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: SummaryFormat,
}

/// The forms of a summary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SummaryFormat {
    /// Columns of text
    #[default]
    Table,
    /// Markdown tables
    Markdown,
    /// JSON
    Json,
}

/// Which of the declared samples.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Choice {
    /// Use the N-th sample of `data`, counted from 1
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
    /// Perform N training steps and print the last
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count())]
    pub(crate) steps: u64,
    /// The form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: EvalFormat,
}

/// The forms of evaluated numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum EvalFormat {
    /// Columns of text
    #[default]
    Table,
    /// JSON, 17 significant digits
    Json,
    /// Comma-separated values, 17 significant digits
    Csv,
}

/// Where generated text goes.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// Write to this file instead of the standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write nothing: fail where the file given with -o is not up to date
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
    /// Decimals of printed numbers
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=17))]
    pub(crate) digits: Option<u8>,
    /// Samples in a batch, instead of those declared in `train`
    #[arg(long, value_name = "N", value_parser = count())]
    pub(crate) batch: Option<u64>,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// `emit`
#[derive(Debug, Args)]
pub(crate) struct Emit {
    #[command(flatten)]
    pub(crate) source: Source,
    /// Put the runtime's text in front, so that the code needs no crate; `simd` brings its vector kernels
    #[arg(
        long,
        value_enum,
        value_name = "KERNELS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "safe"
    )]
    pub(crate) standalone: Option<Kernels>,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// What a standalone file computes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kernels {
    /// Loops of safe code, for any processor
    Safe,
    /// Vector registers as well, with `unsafe` code, where the processor has them
    Simd,
}

/// `fmt`
#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Specifications, rewritten in place; `-` reads the standard input and writes the standard output
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Write nothing: fail where a file is not in the style
    #[arg(long)]
    pub(crate) check: bool,
    /// How mistakes are printed
    #[arg(long, value_enum, default_value_t)]
    pub(crate) message_format: MessageFormat,
}

/// `explain`
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The code, such as M0201; all codes are listed without one
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
}

/// `lsp`
#[derive(Debug, Args)]
pub(crate) struct Lsp {
    /// What it does anyway; editors like to say it
    #[arg(long, hide = true)]
    pub(crate) stdio: bool,
}

/// Counts are whole and positive, and small enough to be multiplied.
fn count() -> clap::builder::RangedU64ValueParser<u64> {
    clap::value_parser!(u64).range(1..=1 << 40)
}
