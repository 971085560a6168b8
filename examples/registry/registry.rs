//! The registry: tools of any type, behind one that takes and gives JSON.

use std::collections::BTreeMap;
use std::fmt;

use lionpride_concurrency::{BoxCallable, Callable, IntoCallable, pipeline};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Why a request has no output.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The line is no request.
    Request(serde_json::Error),
    /// There is no such tool; there are these.
    Unknown(String, Vec<&'static str>),
    /// The tool takes something else.
    Input(serde_json::Error),
    /// What the tool gives is no JSON.
    Output(serde_json::Error),
    /// The tool says no.
    Failed(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(error) => write!(f, "not a request: {error}"),
            Self::Unknown(tool, known) => {
                write!(f, "no tool `{tool}`: there are {}", known.join(", "))
            }
            Self::Input(error) => write!(f, "bad input: {error}"),
            Self::Output(error) => write!(f, "bad output: {error}"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

fn answer<Out: Serialize>(result: Result<Out, String>) -> Result<Value, Problem> {
    serde_json::to_value(result.map_err(Problem::Failed)?).map_err(Problem::Output)
}

#[derive(Deserialize)]
struct Request {
    tool: String,
    #[serde(default)]
    input: Value,
}

pub(crate) struct Answer {
    pub(crate) tool: String,
    pub(crate) result: Result<Value, Problem>,
}

impl Answer {
    /// Whether the tool has been called for it.
    pub(crate) fn has_called(&self) -> bool {
        matches!(self.result, Ok(_) | Err(Problem::Output(_) | Problem::Failed(_)))
    }

    pub(crate) fn to_json(&self) -> Value {
        match &self.result {
            Ok(output) => json!({ "tool": self.tool, "output": output }),
            Err(problem) => json!({ "tool": self.tool, "error": problem.to_string() }),
        }
    }
}

#[derive(Default)]
pub(crate) struct Registry {
    tools: BTreeMap<&'static str, BoxCallable<Value, Result<Value, Problem>>>,
}

impl Registry {
    /// Adds a tool: a function, a closure or a callable, of either colour.
    pub(crate) fn tool<In, Out, M>(
        mut self,
        name: &'static str,
        function: impl IntoCallable<In, Result<Out, String>, M>,
    ) -> Self
    where
        In: DeserializeOwned + Send + 'static,
        Out: Serialize + Send + 'static,
    {
        let function = function.into_callable();
        let tool = pipeline!(
            inline(|input: Value| serde_json::from_value::<In>(input).map_err(Problem::Input))?,
            function,
            inline(|result: Result<Out, String>| answer(result))?,
        );
        self.tools.insert(name, tool.boxed());
        self
    }

    pub(crate) fn is_async(&self, tool: &str) -> Option<bool> {
        Some(self.tools.get(tool)?.is_async())
    }

    pub(crate) fn hops(&self, tool: &str) -> u64 {
        self.tools.get(tool).map_or(0, |tool| tool.hops() as u64)
    }

    /// Answers a line.
    pub(crate) async fn answer(&self, line: &str) -> Answer {
        match serde_json::from_str(line) {
            Ok(Request { tool, input }) => {
                let result = self.call(&tool, input).await;
                Answer { tool, result }
            }
            Err(error) => Answer { tool: String::new(), result: Err(Problem::Request(error)) },
        }
    }

    async fn call(&self, tool: &str, input: Value) -> Result<Value, Problem> {
        let unknown = || Problem::Unknown(tool.to_owned(), self.tools.keys().copied().collect());
        self.tools.get(tool).ok_or_else(unknown)?.call(input).await
    }
}
