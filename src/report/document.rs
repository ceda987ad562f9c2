//! Results as files, from templates.

use minijinja::{Environment, Value};

/// JUnit's XML: a failure is a failed check, an error one that is unknown, and what does not apply is skipped.
pub(super) const JUNIT: Template = Template {
    name: "junit.xml",
    text: include_str!("junit.xml"),
};

/// A template of this program.
pub(super) struct Template {
    /// Its ending is what turns escaping on.
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

impl Template {
    pub(super) fn render(&self, values: Value) -> String {
        let mut environment = Environment::new();
        environment
            .add_template(self.name, self.text)
            .expect("the template is part of this program");
        environment
            .get_template(self.name)
            .and_then(|template| template.render(values))
            .expect("the template uses what it is given")
    }
}
