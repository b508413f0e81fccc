//! Checks contenders and times them in turn.

use std::time::Duration;

use crate::check::{compare, results};
use crate::contender::{Contender, Make};
use crate::peak::peak;
use crate::workloads::{Data, Pass, Workload};

pub struct Entry {
    pub name: String,
    pub make: Make,
}

impl Entry {
    pub fn new(name: &str, make: impl Fn(&Workload, &Data) -> Option<Box<dyn Contender>> + 'static) -> Self {
        Self { name: name.into(), make: Box::new(make) }
    }
}

pub struct Protocol {
    pub rounds: usize,
    pub warm_up: Duration,
    pub lap: Duration,
}

/// One pass of one workload: what all took, round by round.
pub struct Row {
    pub workload: &'static Workload,
    pub pass: Pass,
    /// Operations in a nanosecond.
    pub peaks: Vec<f64>,
    /// Ours first.
    pub timed: Vec<Timed>,
}

pub struct Timed {
    pub name: String,
    /// Of a call.
    pub nanoseconds: Vec<f64>,
}

pub struct Excluded {
    pub workload: &'static str,
    pub name: String,
    pub reason: String,
}

/// Times the first entry, ours, and all that agree with it.
pub fn run(
    workload: &'static Workload,
    entries: &[Entry],
    protocol: &Protocol,
    excluded: &mut Vec<Excluded>,
) -> Vec<Row> {
    let data = workload.data();
    let mut made = entries.iter().filter_map(|entry| Some((&*entry.name, (entry.make)(workload, &data)?)));
    let Some((our_name, mut ours)) = made.next() else { return Vec::new() };
    let expected = results(&mut *ours);
    let mut contenders = vec![(our_name, ours)];
    for (name, mut contender) in made {
        match compare(workload, &data, &expected, &mut *contender) {
            Ok(()) => contenders.push((name, contender)),
            Err(reason) => {
                eprintln!("{}: {name} is left out: {reason}", workload.name);
                excluded.push(Excluded { workload: workload.name, name: name.into(), reason });
            }
        }
    }
    workload.passes.iter().map(|&pass| time(workload, pass, &mut contenders, protocol)).collect()
}

fn time(
    workload: &'static Workload,
    pass: Pass,
    contenders: &mut [(&str, Box<dyn Contender>)],
    protocol: &Protocol,
) -> Row {
    let mut able: Vec<_> = contenders.iter_mut().filter(|(_, contender)| contender.does(pass)).collect();
    for (_, contender) in &mut able {
        contender.nanoseconds(pass, protocol.warm_up);
    }
    let timed = able.iter().map(|(name, _)| Timed { name: name.to_string(), nanoseconds: Vec::new() });
    let mut row = Row { workload, pass, peaks: Vec::new(), timed: timed.collect() };
    for round in 0..protocol.rounds {
        row.peaks.push(peak(workload.float, protocol.lap));
        // Begun with another one each time, so that none always follows the same.
        for turn in 0..able.len() {
            let at = (round + turn) % able.len();
            let nanoseconds = able[at].1.nanoseconds(pass, protocol.lap);
            row.timed[at].nanoseconds.push(nanoseconds);
        }
    }
    row
}

/// Of numbers in any order: the quartiles, the median between them.
pub fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [0.25, 0.5, 0.75].map(|part| {
        let place = part * (values.len() - 1) as f64;
        let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
        below + (above - below) * place.fract()
    })
}

impl Row {
    pub fn name(&self) -> String {
        let pass = match self.pass {
            Pass::Forward => "forward",
            Pass::Train => "train",
        };
        format!("{} {pass}", self.workload.name)
    }

    pub fn median(&self, timed: &Timed) -> f64 {
        quartiles(timed.nanoseconds.clone())[1]
    }

    /// Quartiles of time over our time in the same round.
    pub fn ratios(&self, timed: &Timed) -> [f64; 3] {
        let ours = &self.timed[0].nanoseconds;
        quartiles(timed.nanoseconds.iter().zip(ours).map(|(theirs, ours)| theirs / ours).collect())
    }

    /// The part of the peak reached, paired likewise.
    pub fn fraction(&self, timed: &Timed) -> f64 {
        let operations = self.workload.operations(self.pass);
        let reached = timed.nanoseconds.iter().zip(&self.peaks).map(|(time, peak)| operations / time / peak);
        quartiles(reached.collect())[1]
    }

    pub fn peak(&self) -> f64 {
        quartiles(self.peaks.clone())[1]
    }
}
