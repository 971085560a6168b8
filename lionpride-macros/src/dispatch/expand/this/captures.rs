//! `{self}` in a format string captures it by its name.

/// The text with another name in each `{self}` and `{self:..}`, if there is any. `{{` is a brace.
pub(super) fn rename(text: &str, name: &str) -> Option<String> {
    let mut renamed = String::new();
    let mut rest = text;
    while let Some(brace) = rest.find('{') {
        let (passed, after) = rest.split_at(brace + 1);
        renamed.push_str(passed);
        rest = after;
        if let Some(escaped) = rest.strip_prefix('{') {
            renamed.push('{');
            rest = escaped;
        } else if let Some(end) =
            rest.strip_prefix("self").filter(|end| end.starts_with(['}', ':']))
        {
            renamed.push_str(name);
            rest = end;
        }
    }
    renamed.push_str(rest);
    (renamed != text).then_some(renamed)
}

#[cfg(test)]
mod tests {
    use super::rename;

    #[test]
    fn captures_of_self_are_renamed_in_format_strings() {
        let renamed = |text| rename(text, "this");
        assert_eq!(renamed(r#""{self} {self:>4}""#).as_deref(), Some(r#""{this} {this:>4}""#));
        assert_eq!(
            renamed(r#""{{self}} {self_} {} {{{self}}}""#).as_deref(),
            Some(r#""{{self}} {self_} {} {{{this}}}""#)
        );
        assert_eq!(renamed(r#""{{self}} self {selfish""#), None);
    }
}
