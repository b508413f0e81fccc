//! Processes that answer requests, a line of JSON for each.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::Outcome;

pub struct Process {
    child: Child,
    requests: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Process {
    pub fn start(command: &mut Command) -> Outcome<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (requests, answers) = (child.stdin.take(), child.stdout.take());
        let requests = requests.ok_or("no input")?;
        let answers = BufReader::new(answers.ok_or("no output")?).lines();
        Ok(Self { child, requests, answers })
    }

    pub fn ask(&mut self, request: &Value) -> Outcome<Value> {
        self.send(request)?;
        self.receive()
    }

    pub fn send(&mut self, request: &Value) -> Outcome<()> {
        Ok(writeln!(self.requests, "{request}")?)
    }

    pub fn receive(&mut self) -> Outcome<Value> {
        let answer: Value = serde_json::from_str(&self.answers.next().ok_or("the process has ended")??)?;
        match answer["error"].as_str() {
            Some(error) => Err(error.into()),
            None => Ok(answer),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
