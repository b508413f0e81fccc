//! A line of text with subscripts and superscripts, and its extents.

use crate::{geometry::Extent, widths};

/// A line of text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Label {
    /// Its pieces, from left to right.
    pub runs: Vec<Run>,
}

/// A piece of a line on one level.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Run {
    /// The text.
    pub text: String,
    /// Its level.
    pub level: Level,
}

/// The level of a piece.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Level {
    /// On the line.
    #[default]
    Base,
    /// A subscript.
    Sub,
    /// A superscript.
    Super,
}

/// The size of a subscript or superscript as a part of that of its line.
pub(crate) const SMALL: f64 = 0.75;
/// How far a subscript is lowered and a superscript is raised, as a part of the size of the line.
pub(crate) const LOWERED: f64 = 0.25;
pub(crate) const RAISED: f64 = 0.4;
/// The extent of letters above and below the base line, as a part of their size.
const ASCENT: f64 = 0.93;
const DESCENT: f64 = 0.23;

impl From<&str> for Label {
    fn from(text: &str) -> Self {
        Label::default().then(text, Level::Base)
    }
}

impl From<String> for Label {
    fn from(text: String) -> Self {
        Label::from(text.as_str())
    }
}

impl Label {
    /// The same with one more piece.
    #[must_use]
    pub fn then(mut self, text: &str, level: Level) -> Self {
        match self.runs.last_mut() {
            Some(last) if last.level == level => last.text.push_str(text),
            _ if text.is_empty() => {}
            _ => self.runs.push(Run { text: text.to_owned(), level }),
        }
        self
    }

    /// The same with a subscript.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "beside `sup`, nobody takes it for a difference")]
    pub fn sub(self, text: &str) -> Self {
        self.then(text, Level::Sub)
    }

    /// The same with a superscript.
    #[must_use]
    pub fn sup(self, text: &str) -> Self {
        self.then(text, Level::Super)
    }

    /// This line and then that one.
    #[must_use]
    pub fn join(self, other: &Label) -> Self {
        other.runs.iter().fold(self, |line, run| line.then(&run.text, run.level))
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.runs.iter().all(|run| run.text.is_empty())
    }

    /// The text on one level: `w5` for w₅, `W_hidden` for a subscript of letters, `x^2` for a superscript.
    pub fn plain(&self) -> String {
        let sign = |run: &Run| match run.level {
            Level::Sub if run.text.bytes().all(|b| b.is_ascii_digit()) => "",
            Level::Base => "",
            Level::Sub => "_",
            Level::Super => "^",
        };
        self.runs.iter().flat_map(|run| [sign(run), run.text.as_str()]).collect()
    }

    /// The same of at most this many characters; the rest is "…".
    #[must_use]
    pub fn shortened(&self, characters: usize) -> Self {
        let mut left = characters;
        if self.runs.iter().map(|run| run.text.chars().count()).sum::<usize>() <= characters {
            return self.clone();
        }
        let mut short = Label::default();
        for run in &self.runs {
            let text: String = run.text.chars().take(left.saturating_sub(1)).collect();
            left -= text.chars().count();
            short = short.then(&text, run.level);
        }
        short.then("…", Level::Base)
    }

    /// Its width and height at this size of letters.
    pub fn extent(&self, size: f64) -> Extent {
        let width = |run: &Run| {
            let small = if run.level == Level::Base { 1.0 } else { SMALL };
            run.text.chars().map(widths::advance).sum::<f64>() * small
        };
        let width: f64 = self.runs.iter().map(width).sum();
        Extent { width: width * size, height: self.ascent(size) + self.descent(size) }
    }

    /// How far it reaches above its base line.
    pub fn ascent(&self, size: f64) -> f64 {
        let raised = self.runs.iter().any(|run| run.level == Level::Super);
        size * if raised { RAISED + SMALL * ASCENT } else { ASCENT }
    }

    /// How far it reaches below its base line.
    pub fn descent(&self, size: f64) -> f64 {
        let lowered = self.runs.iter().any(|run| run.level == Level::Sub);
        size * if lowered { LOWERED + SMALL * DESCENT } else { DESCENT }
    }
}
