//! The modules of a crate, and what each file takes from the others: by its imports and by paths in its code. A
//! re-export is followed to the file that defines the name, and is not an import of its own. Tests are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

/// What each file takes from each other file, by name.
pub(crate) type Edges = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// A crate's modules; the first is its root.
pub(crate) struct Crate {
    modules: Vec<Module>,
}

#[derive(Default)]
struct Module {
    file: String,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    /// What the module defines.
    items: BTreeSet<String>,
    /// Imports by the name they bring, those of other modules included that re-export them.
    imports: BTreeMap<String, Vec<String>>,
    /// Modules of which everything is imported.
    globs: Vec<Vec<String>>,
    /// Imports that are not re-exports, and paths in the code.
    taken: Vec<Vec<String>>,
}

impl Crate {
    /// Reads a crate from its `src` folder.
    pub(crate) fn read(root: &Path) -> Self {
        let file = ["lib.rs", "main.rs"].map(|name| root.join(name)).into_iter().find(|path| path.is_file());
        let file = file.expect("lib.rs or main.rs");
        let mut all = Self { modules: Vec::new() };
        all.read_file(root, &file, root, None);
        all
    }

    fn read_file(&mut self, root: &Path, file: &Path, children: &Path, parent: Option<usize>) -> usize {
        let text =
            std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let name = file.strip_prefix(root).expect("below the root").display().to_string();
        self.read_module(root, &name, children, parent, &syntax.items)
    }

    fn read_module(
        &mut self,
        root: &Path,
        file: &str,
        folder: &Path,
        parent: Option<usize>,
        items: &[syn::Item],
    ) -> usize {
        let index = self.modules.len();
        self.modules.push(Module { file: file.to_owned(), parent, ..Module::default() });
        for item in items {
            if attributes(item).iter().any(is_test) {
                continue;
            }
            match item {
                syn::Item::Mod(module) => {
                    let name = module.ident.to_string();
                    let below = folder.join(&name);
                    let child = match &module.content {
                        Some((_, items)) => self.read_module(root, file, &below, Some(index), items),
                        None => {
                            let file = module_file(folder, &name);
                            self.read_file(root, &file, &below, Some(index))
                        }
                    };
                    self.modules[index].children.insert(name, child);
                }
                syn::Item::Use(import) => {
                    let is_export = !matches!(import.vis, syn::Visibility::Inherited);
                    self.modules[index].import(&import.tree, &mut Vec::new(), is_export);
                }
                other => {
                    if let Some(name) = defined(other) {
                        self.modules[index].items.insert(name);
                    }
                    let mut paths = Paths(&mut self.modules[index].taken);
                    paths.visit_item(other);
                }
            }
        }
        index
    }

    /// What each file takes from the others.
    pub(crate) fn edges(&self) -> Edges {
        let mut edges = Edges::new();
        for (index, module) in self.modules.iter().enumerate() {
            let takes = edges.entry(module.file.clone()).or_default();
            for path in &module.taken {
                if let Some(found) = self.resolve(index, path, 0)
                    && self.modules[found].file != module.file
                {
                    let name = path.last().cloned().unwrap_or_default();
                    takes.entry(self.modules[found].file.clone()).or_default().insert(name);
                }
            }
        }
        edges
    }

    /// The module that defines what a path names: `None` for names of other crates, and for a module itself.
    fn resolve(&self, from: usize, path: &[String], depth: usize) -> Option<usize> {
        if depth > 16 {
            return None;
        }
        let (first, rest) = path.split_first()?;
        let module = &self.modules[from];
        let next = match first.as_str() {
            "crate" => Some(0),
            "self" => Some(from),
            "super" => module.parent,
            name => module.children.get(name).copied(),
        };
        if let Some(next) = next {
            return self.resolve(next, rest, depth + 1);
        }
        if module.items.contains(first) {
            return Some(from);
        }
        if let Some(import) = module.imports.get(first)
            && import.first() != Some(first)
        {
            let path: Vec<String> = import.iter().chain(rest).cloned().collect();
            return self.resolve(from, &path, depth + 1);
        }
        let globs = module.globs.iter().map(|glob| glob.iter().chain(path).cloned().collect::<Vec<_>>());
        globs.filter_map(|path| self.resolve(from, &path, depth + 1)).next()
    }
}

impl Module {
    fn import(&mut self, tree: &syn::UseTree, path: &mut Vec<String>, is_export: bool) {
        match tree {
            syn::UseTree::Path(step) => {
                path.push(step.ident.to_string());
                self.import(&step.tree, path, is_export);
                path.pop();
            }
            syn::UseTree::Name(name) => {
                let name = name.ident.to_string();
                let bound =
                    if name == "self" { path.last().cloned().unwrap_or_default() } else { name.clone() };
                let full = if name == "self" { path.clone() } else { with(path, &name) };
                self.bring(bound, full, is_export);
            }
            syn::UseTree::Rename(rename) => {
                let name = rename.ident.to_string();
                let full = if name == "self" { path.clone() } else { with(path, &name) };
                self.bring(rename.rename.to_string(), full, is_export);
            }
            syn::UseTree::Glob(_) => self.globs.push(path.clone()),
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.import(tree, path, is_export));
            }
        }
    }

    fn bring(&mut self, name: String, path: Vec<String>, is_export: bool) {
        if !is_export {
            self.taken.push(path.clone());
        }
        self.imports.insert(name, path);
    }
}

fn with(path: &[String], name: &str) -> Vec<String> {
    path.iter().cloned().chain([name.to_owned()]).collect()
}

fn module_file(folder: &Path, name: &str) -> PathBuf {
    let flat = folder.join(format!("{name}.rs"));
    if flat.is_file() { flat } else { folder.join(name).join("mod.rs") }
}

/// Collects the paths in a piece of code, those in the tokens of macros included.
struct Paths<'m>(&'m mut Vec<Vec<String>>);

impl Visit<'_> for Paths<'_> {
    fn visit_path(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() {
            self.0.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &syn::Macro) {
        self.tokens(call.tokens.clone());
        syn::visit::visit_macro(self, call);
    }

    fn visit_item_use(&mut self, import: &syn::ItemUse) {
        // An import within a function.
        let mut module = Module::default();
        module.import(&import.tree, &mut Vec::new(), false);
        self.0.extend(module.taken);
    }
}

impl Paths<'_> {
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if path.is_empty() || colons == 2 => {
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.0.push(std::mem::take(&mut path));
                    colons = 0;
                    match other {
                        TokenTree::Ident(ident) => path.push(ident.to_string()),
                        TokenTree::Group(group) => self.tokens(group.stream()),
                        TokenTree::Punct(_) | TokenTree::Literal(_) => {}
                    }
                }
            }
        }
        self.0.push(path);
    }
}

fn is_test(attribute: &syn::Attribute) -> bool {
    let syn::Meta::List(list) = &attribute.meta else { return attribute.path().is_ident("test") };
    list.path.is_ident("cfg")
        && list.tokens.to_string().split(|c: char| !c.is_alphanumeric()).any(|word| word == "test")
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The name that an item gives to its module.
fn defined(item: &syn::Item) -> Option<String> {
    Some(match item {
        syn::Item::Const(item) => item.ident.to_string(),
        syn::Item::Enum(item) => item.ident.to_string(),
        syn::Item::Fn(item) => item.sig.ident.to_string(),
        syn::Item::Macro(item) => item.ident.as_ref()?.to_string(),
        syn::Item::Static(item) => item.ident.to_string(),
        syn::Item::Struct(item) => item.ident.to_string(),
        syn::Item::Trait(item) => item.ident.to_string(),
        syn::Item::Type(item) => item.ident.to_string(),
        _ => return None,
    })
}
