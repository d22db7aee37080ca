import Foundation

/// A shared library opened at run time and kept open.
struct DynamicLibrary: @unchecked Sendable {
  let handle: UnsafeMutableRawPointer
  let path: String

  /// Opens the first of these that can be opened.
  ///
  /// Its symbols stay local, and it prefers its own and its dependencies' over those of this program: each library
  /// keeps the OpenMP runtime it was shipped with, and two BLAS libraries do not call each other.
  init?(firstOf paths: [String], preferOwnSymbols: Bool = true) {
    #if os(Linux)
      let flags = RTLD_NOW | RTLD_LOCAL | (preferOwnSymbols ? 0x8 /* RTLD_DEEPBIND */ : 0)
    #else
      let flags = RTLD_NOW | RTLD_LOCAL
    #endif
    for path in paths {
      if let handle = dlopen(path, flags) {
        self.handle = handle
        self.path = path
        return
      }
    }
    return nil
  }

  func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }

  /// The function `name`, whose C type the caller knows.
  func function<F>(_ name: String, as type: F.Type) -> F? {
    symbol(name).map { unsafeBitCast($0, to: type) }
  }

  typealias SetCount = @convention(c) (CInt) -> Void
  typealias GetText = @convention(c) () -> UnsafePointer<CChar>?

  /// What the function `name` returns as text.
  func text(_ name: String) -> String? {
    function(name, as: GetText.self)?().map { String(cString: $0) }
  }
}

/// Where this system keeps libraries.
enum LibraryPlaces {
  /// Debian's folder for this architecture.
  static var debian: String {
    #if arch(x86_64)
      "/usr/lib/x86_64-linux-gnu"
    #else
      "/usr/lib/aarch64-linux-gnu"
    #endif
  }

  /// Folders that the Python on PATH installs to: native libraries (Debian's Python puts them under `/usr/local`,
  /// which is not its prefix), and packages.
  static let python: (library: String, packages: [String])? = {
    let script = """
      import os, site, sysconfig
      print(os.path.join(sysconfig.get_path("data"), "lib"))
      for folder in site.getsitepackages() + [site.getusersitepackages()]: print(folder)
      """
    guard let lines = try? output(of: ["python3", "-c", script]).split(separator: "\n").map(String.init),
      let library = lines.first
    else { return nil }
    return (library, Array(lines.dropFirst()))
  }()

  /// Folders for the native libraries of Python packages, the user's own installation included.
  static var pythonLibraries: [String] {
    guard let python else { return [] }
    let ofUser = python.packages.last.map { "\($0)/../.." }
    return [python.library] + (ofUser.map { [$0] } ?? [])
  }
}

/// What a command found on PATH prints; throws if it cannot run or fails.
func output(of command: [String]) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = command
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw BenchError("\(command[0]) failed") }
  return String(decoding: data, as: UTF8.self)
}
