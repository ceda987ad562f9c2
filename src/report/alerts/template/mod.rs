//! A deployment, once: written as Bicep and as ARM's JSON from the same values, so that the two cannot disagree.

mod arm;
mod bicep;

pub(super) use arm::{parameters as arm_parameters, template as arm};
pub(super) use bicep::{parameters as bicep_parameters, template as bicep};

/// What stands for a value that the operator has to fill in.
const FILL_IN: &str = "FILL-IN";

/// Where a deployment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    ResourceGroup,
    Tenant,
}

/// One deployment.
pub(super) struct Template {
    /// What it is, for whoever opens the file.
    pub(super) title: &'static str,
    pub(super) scope: Scope,
    pub(super) parameters: Vec<Parameter>,
    /// Resources that are there already.
    pub(super) existing: Vec<Existing>,
    pub(super) resources: Vec<Resource>,
}

/// What whoever deploys has to say.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) description: &'static str,
    /// What it is if nothing is said.
    pub(super) default: Option<Value>,
    /// What is said in the file of parameters; without default and this, the operator has to fill it in.
    pub(super) said: Option<Value>,
}

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Array,
    Text,
}

impl Kind {
    /// Its word, the same in Bicep and in ARM's JSON.
    fn word(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Text => "string",
        }
    }
}

/// A resource that is there already.
pub(super) struct Existing {
    pub(super) symbol: &'static str,
    pub(super) kind: &'static str,
    pub(super) api_version: &'static str,
    pub(super) name: Value,
}

/// A resource that is deployed.
pub(super) struct Resource {
    pub(super) symbol: String,
    pub(super) kind: &'static str,
    pub(super) api_version: &'static str,
    /// Why it is there, for whoever reads the Bicep.
    pub(super) comment: &'static str,
    pub(super) name: Value,
    /// Deployed only if something is said for this parameter.
    pub(super) only_with: Option<&'static str>,
    /// The symbol of the existing resource that it extends.
    pub(super) extends: Option<&'static str>,
    /// Members besides type, version, name and scope.
    pub(super) members: Vec<(&'static str, Value)>,
}

/// A value, or an expression that becomes one when it is deployed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Array(Vec<Value>),
    Bool(bool),
    /// A function of both languages, with its arguments.
    Call(&'static str, Vec<Value>),
    /// The text of a file beside the template.
    File {
        path: String,
        text: String,
    },
    /// The id of another resource of the template, by its symbol.
    Id(String),
    Integer(i64),
    /// A member of an expression's result.
    Member(Box<Value>, &'static str),
    Object(Vec<(&'static str, Value)>),
    Parameter(&'static str),
    Text(String),
}

impl Value {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn texts(texts: &[&str]) -> Self {
        Self::Array(texts.iter().map(|text| Self::text(*text)).collect())
    }

    /// A member of what a function without arguments returns.
    pub(super) fn of(function: &'static str, member: &'static str) -> Self {
        Self::Member(Box::new(Self::Call(function, Vec::new())), member)
    }
}

impl FromIterator<Value> for Value {
    fn from_iter<T: IntoIterator<Item = Self>>(items: T) -> Self {
        Self::Array(items.into_iter().collect())
    }
}

impl Template {
    /// The resource with this symbol that the template deploys.
    fn resource(&self, symbol: &str) -> Option<&Resource> {
        self.resources.iter().find(|one| one.symbol == symbol)
    }

    /// The existing resource with this symbol.
    fn existing(&self, symbol: &str) -> Option<&Existing> {
        self.existing.iter().find(|one| one.symbol == symbol)
    }
}
