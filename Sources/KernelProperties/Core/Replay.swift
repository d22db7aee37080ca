import Kernels

/// Why a replay line cannot be run.
public struct ReplayError: Error, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

/// Checks the one case that a replay line names, such as `gemm/f32/avx2/error-bound m=3 n=17 k=257 seed=12`.
///
/// - Throws: ``ReplayError`` where the line names no property, no instruction set of this machine or no case.
public func replay(_ line: String) throws -> Verdict {
  let parts = line.split(separator: " ", maxSplits: 1)
  let path = parts.first.map { $0.split(separator: "/").map(String.init) } ?? []
  guard path.count == 4 else { throw ReplayError("\"\(line)\" is not KERNEL/TYPE/ISA/PROPERTY NAME=VALUE …") }
  let isa: ISA
  do { isa = try ISA(named: path[2]) } catch { throw ReplayError("\(error)") }
  let runners = Suite.all.flatMap(\.runners)
  guard let runner = runners.first(where: { $0.id(isa) == parts[0] }) else {
    let names = Set(runners.map(\.name)).sorted().joined(separator: ", ")
    throw ReplayError("no property is called \(parts[0]); the properties are \(names)")
  }
  return try runner.replay(parts.count > 1 ? String(parts[1]) : "", isa: isa)
}
