/// What the command line asks for.
enum Command {
  case run(RunOptions)
  case check(CheckOptions)
  case accuracy(AccuracyOptions)
  case peers(install: Bool)
  case help(String)
  case version
}

/// Options of `bench [FILTER…]`.
struct RunOptions {
  var filters: [String] = []
  var threads: [Int]?
  var isas: [String]?
  var dtypes = DType.allCases
  var peers = PeerSelection.all
  var minTime = 0.2
  var json: String?
  var baseline: String?
  var threshold = 10.0
  var html: String?
  var wantsHelp = false

  static let table: [Option<RunOptions>] = [
    .value("threads", "N,…", "thread counts (default: 1 and as many as this process may use)") {
      values, text throws(UsageError) in
      var counts: [Int] = []
      for part in try parseList(text, for: "threads") {
        counts.append(try parseInteger(part, least: 1, for: "threads"))
      }
      values.threads = counts.unique()
    },
    .value("isa", "NAME,…", "instruction sets (default: the best one; 'all': every one this CPU has)") {
      values, text throws(UsageError) in values.isas = try parseList(text, for: "isa")
    },
    .value("dtype", "f32,f64", "element types (default: both)") { values, text throws(UsageError) in
      values.dtypes = []
      for part in try parseList(text, for: "dtype") {
        guard let dtype = DType(rawValue: part) else {
          throw UsageError(message: "The value '\(part)' is invalid for '--dtype': f32 or f64")
        }
        values.dtypes.append(dtype)
      }
    },
    .value("peers", "all|none|NAME,…", "libraries to compare with: \(PeerSelection.keys) (default: all installed)") {
      values, text throws(UsageError) in values.peers = try PeerSelection(text)
    },
    .value("min-time", "S", "seconds each measurement takes at least (default: 0.2)") {
      values, text throws(UsageError) in values.minTime = try parsePositive(text, for: "min-time")
    },
    .value("json", "FILE|-", "write the results as JSON ('-': to standard output, and the table to standard error)") {
      values, text throws(UsageError) in values.json = text
    },
    .value("baseline", "FILE", "compare with an earlier JSON file; exit status 1 if something became slower") {
      values, text throws(UsageError) in values.baseline = text
    },
    .value("threshold", "PERCENT", "how much slower than the baseline is too much (default: 10)") {
      values, text throws(UsageError) in values.threshold = try parsePositive(text, for: "threshold")
    },
    .value("html", "FILE", "write a report with plots") { values, text throws(UsageError) in values.html = text },
    .flag("help", "show this help") { $0.wantsHelp = true },
  ]
}

/// Options of `bench check [FILTER…]`.
struct CheckOptions {
  var filters: [String] = []
  var isas: [String]?
  var seed: UInt64?
  var cases: Int?
  var replay: String?
  var wantsHelp = false

  static let table: [Option<CheckOptions>] = [
    .value("isa", "NAME,…", "instruction sets (default: every one this CPU has)") { values, text throws(UsageError) in
      values.isas = try parseList(text, for: "isa")
    },
    .value("seed", "N", "seed of the random cases, as a failure's replay line names it") {
      values, text throws(UsageError) in
      guard let seed = UInt64(text) else {
        throw UsageError(message: "The value '\(text)' is invalid for '--seed': a whole number below 2^64 is needed")
      }
      values.seed = seed
    },
    .value("cases", "N", "random cases per kernel and instruction set (default: what the tests run)") {
      values, text throws(UsageError) in values.cases = try parseInteger(text, least: 1, for: "cases")
    },
    .value("replay", "LINE", "check the one case that a failure printed") { values, text throws(UsageError) in
      values.replay = text
    },
    .flag("help", "show this help") { $0.wantsHelp = true },
  ]
}

/// Options of `bench accuracy [FUNCTION…]`.
struct AccuracyOptions {
  var functions: [String] = []
  var stride = 1021
  var writesTable = false
  var wantsHelp = false

  static let table: [Option<AccuracyOptions>] = [
    .flag("exhaustive", "every Float, all 2^32 of them (some 80 minutes of one core for all)") { $0.stride = 1 },
    .value("stride", "N", "every N-th Float (default: 1021, some 4 million)") { values, text throws(UsageError) in
      values.stride = try parseInteger(text, least: 1, for: "stride")
    },
    .flag("write", "put the rows into the documentation, too") { $0.writesTable = true },
    .flag("help", "show this help") { $0.wantsHelp = true },
  ]
}

/// Options of `bench peers`.
private struct PeersOptions {
  var install = false
  var wantsHelp = false

  static let table: [Option<PeersOptions>] = [
    .flag("install", "install with apt-get and pip those that Debian and PyPI hold") { $0.install = true },
    .flag("help", "show this help") { $0.wantsHelp = true },
  ]
}

/// The command that these arguments (without the program's name) ask for.
func parseCommand(_ arguments: [String]) throws(UsageError) -> Command {
  switch arguments.first {
  case "--version": return .version
  case "--help", "-h", "help": return .help(helpText)
  case "check":
    var options = CheckOptions()
    try parseArguments(Array(arguments.dropFirst()), options: CheckOptions.table, into: &options) {
      options, text in options.filters.append(text)
    }
    return options.wantsHelp ? .help(helpText) : .check(options)
  case "accuracy":
    var options = AccuracyOptions()
    try parseArguments(Array(arguments.dropFirst()), options: AccuracyOptions.table, into: &options) {
      options, text in options.functions.append(text)
    }
    return options.wantsHelp ? .help(helpText) : .accuracy(options)
  case "peers":
    var options = PeersOptions()
    try parseArguments(Array(arguments.dropFirst()), options: PeersOptions.table, into: &options) {
      _, text throws(UsageError) in throw UsageError(message: "Unexpected argument '\(text)'")
    }
    return options.wantsHelp ? .help(helpText) : .peers(install: options.install)
  default:
    var options = RunOptions()
    try parseArguments(arguments, options: RunOptions.table, into: &options) { options, text in
      options.filters.append(text)
    }
    return options.wantsHelp ? .help(helpText) : .run(options)
  }
}

let usageLine =
  "bench [<filter> ...] [<options>] | bench check [<filter> ...] [<options>] | "
  + "bench accuracy [<function> ...] [--exhaustive] [--write] | bench peers [--install]"

private let helpText = """
  OVERVIEW: Times the kernels beside the libraries installed here, or checks them on this CPU.

  USAGE: \(usageLine)

  A filter is a part of a result's id, such as 'gemm/f32' or '1024x1024x1024', or the name of a suite, such as 'functions';
  an id passes if it holds any of them.

  OPTIONS of bench:
  \(optionLines(RunOptions.table))
    --version               show the version

  OPTIONS of bench check (runs the properties that the tests run; exit status 1 on a failure):
  \(optionLines(CheckOptions.table))

  OPTIONS of bench accuracy (the documentation's table: the largest error of each function on each kind of instruction
  set, and where; a function is named as in Swift; exit status 1 past a bound):
  \(optionLines(AccuracyOptions.table))

  OPTIONS of bench peers (lists the libraries that bench compares with):
  \(optionLines(PeersOptions.table))
  """

private func optionLines<Values>(_ options: [Option<Values>]) -> String {
  options.map { option in
    let spelling = option.spelling
    let padding = String(repeating: " ", count: max(1, 24 - spelling.count))
    return "  \(spelling)\(padding)\(option.help)"
  }.joined(separator: "\n")
}
