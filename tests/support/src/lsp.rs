//! An editor's side of the language server protocol: messages → a server's answers.

use std::{
    io::BufReader,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use lsp_server::{Message, Notification, Request, Response, ResponseError};
use serde_json::{Value, json};

/// A server in a process, on its standard input and output.
pub struct Server {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    next: i32,
}

impl Server {
    /// Starts the command.
    pub fn start(command: &mut Command) -> Self {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let to = process.stdin.take().unwrap();
        let from = BufReader::new(process.stdout.take().unwrap());
        Server { process, to, from, next: 0 }
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(Notification::new(method.to_owned(), params));
    }

    fn send(&mut self, message: impl Into<Message>) {
        message.into().write(&mut self.to).unwrap();
    }

    /// The next message that is not a request of the server; those are answered with `null`.
    pub fn receive(&mut self) -> Message {
        loop {
            match Message::read(&mut self.from).unwrap().expect("the server ended") {
                Message::Request(request) => self.send(Response::new_ok(request.id, Value::Null)),
                message => return message,
            }
        }
    }

    /// The answer to a request; notifications before it are dropped.
    ///
    /// # Errors
    ///
    /// The server's refusal.
    pub fn response(&mut self, method: &str, params: Value) -> Result<Value, ResponseError> {
        self.next += 1;
        self.send(Request::new(self.next.into(), method.to_owned(), params));
        loop {
            if let Message::Response(response) = self.receive() {
                return response.response_result;
            }
        }
    }

    /// The answer to a request that is not refused.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.response(method, params).unwrap_or_else(|error| panic!("{method}: {error:?}"))
    }

    /// The next notification with this method; its parameters.
    pub fn notification(&mut self, method: &str) -> Value {
        loop {
            match self.receive() {
                Message::Notification(notification) if notification.method == method => {
                    return notification.params;
                }
                _ => {}
            }
        }
    }

    /// Ends the session; the server must end as well.
    pub fn end(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.tell("exit", Value::Null);
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// A session that is written before a server answers.
pub struct Script {
    messages: Vec<Message>,
    requests: i32,
}

impl Script {
    /// Starts a session and opens a text.
    pub fn open(capabilities: &Value, uri: &str, text: &str) -> Self {
        let mut script = Script { messages: Vec::new(), requests: 0 };
        script.ask("initialize", json!({ "capabilities": capabilities }));
        script.tell("initialized", json!({}));
        let document = json!({ "uri": uri, "languageId": "mlp", "version": 1, "text": text });
        script.tell("textDocument/didOpen", json!({ "textDocument": document }));
        script
    }

    /// Adds a request.
    pub fn ask(&mut self, method: &str, params: Value) {
        self.requests += 1;
        self.messages.push(Request::new(self.requests.into(), method.to_owned(), params).into());
    }

    /// Adds a notification.
    pub fn tell(&mut self, method: &str, params: Value) {
        self.messages.push(Notification::new(method.to_owned(), params).into());
    }

    /// Ends the session; its messages and the number of answers that they ask for.
    pub fn end(mut self) -> (Vec<Message>, usize) {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        (self.messages, usize::try_from(self.requests).unwrap())
    }
}
