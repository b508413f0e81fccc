//! The commands that read tables.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use mlp_dsl::run::Shuffle;
use mlp_tables::Header;

use super::{Source, count};
use crate::learning::{Given, Metric};

/// The columns of tables.
#[derive(Clone, Debug, Args)]
pub(crate) struct Columns {
    /// The columns of the inputs in order, by name, or by number from 1 in a table without names
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) inputs: Option<Vec<String>>,
    /// The columns of the target
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) target: Option<Vec<String>>,
    /// The classes of the target in order; two of them make a single number 0 or 1
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) classes: Option<Vec<String>>,
    /// Whether the first row has the names of the columns; without it, it has if none of its cells is a number
    #[arg(long, value_enum, value_name = "WHETHER")]
    pub(crate) header: Option<YesNo>,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum YesNo {
    /// The first row has names
    Yes,
    /// The first row is a sample
    No,
}

impl Columns {
    /// What a reader of tables needs.
    pub(crate) fn given(&self) -> Given {
        let header = match self.header {
            None => Header::Auto,
            Some(YesNo::Yes) => Header::Yes,
            Some(YesNo::No) => Header::No,
        };
        Given {
            inputs: self.inputs.clone(),
            targets: self.target.clone(),
            classes: self.classes.clone(),
            header,
            ..Given::default()
        }
    }
}

/// `train`
#[derive(Clone, Debug, Args)]
pub(crate) struct Train {
    #[command(flatten)]
    pub(crate) source: Source,
    /// The table to train with: CSV, .npy, .npz or IDX, packed with gzip or not; without it that of `data from`
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// The targets, if --data has the inputs alone
    #[arg(long, value_name = "FILE", requires = "data", conflicts_with = "validate")]
    pub(crate) labels: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) columns: Columns,
    /// A table to validate with after each epoch
    #[arg(long, value_name = "FILE", conflicts_with = "hold_out")]
    pub(crate) validate: Option<PathBuf>,
    /// Rows that are drawn to validate with and not trained with: a share below 1, or a number of rows
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(crate) hold_out: Option<f64>,
    /// Standardize the inputs over the rows to train with; where the specification does not say `standardize`, it is saved with it beside
    /// the parameters. Two names are frozen parameters that get the mean and the standard deviation of each input
    #[arg(long, value_name = "MEAN,DEVIATION", num_args = 0..=1, value_parser = pair)]
    pub(crate) standardize: Option<Option<Pair>>,
    /// The number of epochs, 20 if the specification does not say it; each uses every row once
    #[arg(long, value_name = "N", value_parser = count())]
    pub(crate) epochs: Option<u64>,
    /// The rows of a batch, instead of those declared in `train`; 32 if none are declared
    #[arg(long, value_name = "N", value_parser = count())]
    pub(crate) batch: Option<u64>,
    /// Stop after N epochs that are not better than the best one, and keep the parameters of that one
    #[arg(long, value_name = "N", value_parser = count())]
    pub(crate) patience: Option<u64>,
    /// What epochs are compared by, for the rows to validate with; without it by the loss
    #[arg(long, value_enum)]
    pub(crate) metric: Option<Metric>,
    /// The seed of start values, of the order of rows and of the rows that are held out; without it the declared seed for the
    /// first and 0 for the others
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// The seed of the order of rows and of the rows that are held out alone; `none` for the order of the table, whose last rows are held
    /// out
    #[arg(long, value_name = "SEED", value_parser = shuffle)]
    pub(crate) shuffle: Option<Shuffle>,
    /// Write checkpoints to this file; where it exists, go on from it
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// How often a checkpoint is written: `2` epochs, or `100steps`
    #[arg(long, value_name = "N", value_parser = every, default_value = "1")]
    pub(crate) every: Every,
    /// Go on from this checkpoint, which exists, and write checkpoints to it
    #[arg(long, value_name = "FILE", conflicts_with = "checkpoint")]
    pub(crate) resume: Option<PathBuf>,
    /// Save the trained parameters in this file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write a line for each epoch to this file, instead of the standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// Draw the losses of the epochs, as an SVG picture
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,
    /// Train with the seeds 1 to N, and print each run, the mean and the standard deviation
    #[arg(long, value_name = "N", value_parser = count(), conflicts_with_all = ["seed", "checkpoint", "resume", "output", "log", "plot"])]
    pub(crate) seeds: Option<u64>,
    /// Train with each of these values of a setting: `rate=0.01,0.1`; several such options give all combinations
    #[arg(long, value_name = "SETTING", value_parser = sweep, conflicts_with_all = ["checkpoint", "resume", "output", "log", "plot"])]
    pub(crate) sweep: Vec<Sweep>,
    /// How many runs of --seeds and --sweep are trained at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) jobs: u8,
}

/// How often a checkpoint is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Every {
    /// After this many epochs.
    Epochs(u64),
    /// After this many steps.
    Steps(u64),
}

/// Two names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair(pub(crate) String, pub(crate) String);

/// A setting and its values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sweep {
    /// The name of the setting.
    pub(crate) setting: String,
    /// Its values, as they are written and as numbers.
    pub(crate) values: Vec<(String, f64)>,
}

/// `run`
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) source: Source,
    /// The file of trained parameters, or a checkpoint; without it the start values of the specification
    #[arg(long, value_name = "FILE")]
    pub(crate) weights: Option<PathBuf>,
    /// The table with the inputs: CSV, .npy, .npz or IDX, packed with gzip or not
    #[arg(long, value_name = "FILE")]
    pub(crate) data: PathBuf,
    #[command(flatten)]
    pub(crate) columns: Columns,
    /// The output format; without it, the ending of FILE given with -o decides, and CSV is the default
    #[arg(long, value_enum)]
    pub(crate) format: Option<RunFormat>,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// The formats of outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunFormat {
    /// A row for each row of the table
    Csv,
    /// A list with an object for each row
    Json,
    /// An array of NumPy: a row for each row of the table
    Npy,
}

/// `evaluate`
#[derive(Debug, Args)]
pub(crate) struct Evaluate {
    #[command(flatten)]
    pub(crate) source: Source,
    /// The file of trained parameters, or a checkpoint; without it the start values of the specification
    #[arg(long, value_name = "FILE")]
    pub(crate) weights: Option<PathBuf>,
    /// The table with inputs and targets: CSV, .npy, .npz or IDX, packed with gzip or not
    #[arg(long, value_name = "FILE")]
    pub(crate) data: PathBuf,
    /// The targets, if --data has the inputs alone
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) columns: Columns,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: EvaluateFormat,
}

/// The formats of an evaluation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum EvaluateFormat {
    /// Text tables
    #[default]
    Table,
    /// JSON
    Json,
}

fn share(text: &str) -> Result<f64, String> {
    let is_right = |share: &f64| (*share > 0.0 && *share < 1.0) || (*share >= 1.0 && share.fract() == 0.0);
    let share = text.parse::<f64>().ok().filter(is_right);
    share.ok_or_else(|| "give a share below 1, such as 0.2, or a whole number of rows".to_owned())
}

fn shuffle(text: &str) -> Result<Shuffle, String> {
    match text {
        "none" => Ok(Shuffle::None),
        _ => text.parse().map(Shuffle::Seed).map_err(|_| "give a seed, such as 7, or none".to_owned()),
    }
}

fn every(text: &str) -> Result<Every, String> {
    let (number, of): (&str, fn(u64) -> Every) = match text.strip_suffix("steps") {
        Some(number) => (number, Every::Steps),
        None => (text.strip_suffix("epochs").unwrap_or(text), Every::Epochs),
    };
    let number = number.trim().parse::<u64>().ok().filter(|number| *number > 0);
    number
        .map(of)
        .ok_or_else(|| "give a number of epochs, such as 2, or of steps, such as 100steps".to_owned())
}

fn pair(text: &str) -> Result<Pair, String> {
    let (first, second) =
        text.split_once(',').ok_or("give two names, mean,deviation, or none before another option")?;
    Ok(Pair(first.trim().to_owned(), second.trim().to_owned()))
}

fn sweep(text: &str) -> Result<Sweep, String> {
    let wrong = || "write a setting and its values: rate=0.01,0.1".to_owned();
    let (setting, values) = text.split_once('=').ok_or_else(wrong)?;
    let value = |text: &str| {
        let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        number.map(|number| (text.trim().to_owned(), number)).ok_or_else(wrong)
    };
    let values = values.split(',').map(value).collect::<Result<Vec<_>, _>>()?;
    Ok(Sweep { setting: setting.trim().to_owned(), values })
}
