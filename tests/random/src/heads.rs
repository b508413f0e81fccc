//! A second head with a target of its own, importances and weights of samples: drawn from a stream of their own, so that
//! the rest of a network is what it is without them.

use mlp_runtime::random::Stream;

/// What a network has beside its one output and its one target.
pub(crate) struct Heads {
    stream: Stream,
    /// The second head.
    second: Option<Second>,
    /// The importance, if there is one.
    importance: bool,
}

/// A second target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Second {
    Vector,
    Group,
    Class,
}

impl Heads {
    pub(crate) fn new(number: u64) -> Self {
        Heads { stream: Stream::new(number, 2, "heads"), second: None, importance: false }
    }

    fn below(&mut self, n: usize) -> usize {
        ((self.stream.next_u64() >> 32) as usize * n) >> 32
    }

    /// The statements beside the first head `y[n]`, whose target is `t`: what comes before its loss and its loss.
    pub(crate) fn statements(&mut self, vector: &str, n: usize, loss: &str) -> Vec<String> {
        let mut said = Vec::new();
        let mut loss = loss.to_owned();
        if self.below(4) == 0 {
            let (second, layer, target, own) = match self.below(3) {
                0 => (Second::Class, "softmax(dense(VECTOR))", "target s: class[2];", "cross_entropy(z, s)"),
                1 => (Second::Vector, "tanh(dense(VECTOR))", "target s[2];", "half_squared_error(z, s)"),
                _ => (Second::Group, "dense(VECTOR)", "target s { a1, a2 }", "huber(z, s)"),
            };
            self.second = Some(second);
            said.extend([format!("layer z[2] = {};", layer.replace("VECTOR", vector)), target.to_owned()]);
            loss = match self.below(3) {
                0 => format!("({loss}) + 0.5 * {own}"),
                1 => format!("{own} + 2 * ({loss})"),
                _ => format!("{own} + ({loss})"),
            };
            said.extend(match self.below(4) {
                0 => Some("output z, y;".to_owned()),
                1 => Some("output y;".to_owned()),
                2 => Some("output y, z;".to_owned()),
                _ => None,
            });
        }
        let numbers = ["1", "0.5", "2"].get(..n.min(3)).unwrap_or_default().join(", ");
        let classes = format!("concat({numbers}) @ t");
        let weight = match self.below(10) {
            0 => Some((true, "w".to_owned())),
            1 => Some((true, format!("w * ({classes})"))),
            2 => Some((true, "0.5 + w^2".to_owned())),
            3 => Some((false, format!("0.25 + {classes}"))),
            _ => None,
        };
        self.importance = weight.as_ref().is_some_and(|(importance, _)| *importance);
        said.extend(self.importance.then(|| "importance w;".to_owned()));
        let weighted = weight.map_or_else(String::new, |(_, weight)| format!(" weighted by {weight}"));
        said.push(format!("loss {loss}{weighted};"));
        said
    }

    /// The numbers of all targets of a sample, whose first are these.
    pub(crate) fn targets(&mut self, first: String) -> String {
        let mut all = vec![first.replace('(', "[").replace(')', "]")];
        all.extend(self.second.map(|second| match second {
            Second::Class => self.below(2).to_string(),
            Second::Vector | Second::Group => {
                format!("[{:.3}, {:.3}]", self.stream.uniform(0.0, 1.0), self.stream.uniform(0.0, 1.0))
            }
        }));
        if self.importance {
            all.push(format!("{:.3}", self.stream.uniform(0.2, 2.0)));
        }
        match all.as_slice() {
            [_] => all.concat(),
            _ => format!("({})", all.join(", ")),
        }
    }
}
