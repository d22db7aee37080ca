/// A mistake in the command line: printed with the usage line, exit status 64 (EX_USAGE).
struct UsageError: Error {
  let message: String
}

/// One option of a command: how it is written, what it does to the values it fills in, and its line in the help.
struct Option<Values>: Sendable {
  let name: String
  /// What stands for the value in the help; nil for a flag, which takes none.
  let valueName: String?
  let help: String
  let apply: @Sendable (inout Values, String) throws(UsageError) -> Void

  static func value(
    _ name: String, _ valueName: String, _ help: String,
    _ apply: @escaping @Sendable (inout Values, String) throws(UsageError) -> Void
  ) -> Option {
    Option(name: name, valueName: valueName, help: help, apply: apply)
  }

  static func flag(_ name: String, _ help: String, _ apply: @escaping @Sendable (inout Values) -> Void) -> Option {
    Option(name: name, valueName: nil, help: help, apply: { values, _ in apply(&values) })
  }

  var spelling: String { "--\(name)" + (valueName.map { " <\($0)>" } ?? "") }
}

/// Reads `--name value`, `--name=value`, `--flag`, `-h` for `--help`, and positional arguments (everything after `--`).
func parseArguments<Values>(
  _ arguments: [String], options: [Option<Values>], into values: inout Values,
  positional: (inout Values, String) throws(UsageError) -> Void
) throws(UsageError) {
  var rest = arguments[...]
  while let argument = rest.popFirst() {
    if argument == "--" {
      for argument in rest { try positional(&values, argument) }
      return
    }
    guard argument.hasPrefix("-"), argument != "-" else {
      try positional(&values, argument)
      continue
    }
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let option = options.first(where: { "--\($0.name)" == (parts[0] == "-h" ? "--help" : parts[0]) }) else {
      throw UsageError(message: "Unknown option '\(parts[0])'")
    }
    try option.apply(&values, try value(of: option, inline: parts.dropFirst().first, rest: &rest))
  }
}

private func value<Values>(
  of option: Option<Values>, inline: String?, rest: inout ArraySlice<String>
) throws(UsageError) -> String {
  guard option.valueName != nil else {
    if inline != nil { throw UsageError(message: "The option '--\(option.name)' takes no value") }
    return ""
  }
  if let inline { return inline }
  guard let next = rest.popFirst() else {
    throw UsageError(message: "Missing value for '\(option.spelling)'")
  }
  return next
}

/// `text` as a whole number of at least `least`.
func parseInteger(_ text: String, least: Int, for option: String) throws(UsageError) -> Int {
  guard let number = Int(text), number >= least else {
    throw UsageError(message: "The value '\(text)' is invalid for '--\(option)': a whole number >= \(least) is needed")
  }
  return number
}

/// `text` as a finite number above 0.
func parsePositive(_ text: String, for option: String) throws(UsageError) -> Double {
  guard let number = Double(text), number > 0, number.isFinite else {
    throw UsageError(message: "The value '\(text)' is invalid for '--\(option)': a number above 0 is needed")
  }
  return number
}

/// The parts between commas, each once; none may be empty.
func parseList(_ text: String, for option: String) throws(UsageError) -> [String] {
  let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  if parts.contains("") { throw UsageError(message: "The value '\(text)' of '--\(option)' holds an empty entry") }
  return parts.unique()
}

extension Sequence where Element: Hashable {
  /// The elements without those that came before.
  func unique() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
