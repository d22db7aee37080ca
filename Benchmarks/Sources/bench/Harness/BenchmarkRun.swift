import CBench
import Foundation
import Kernels

/// The instruction sets of these names; those of this CPU for `all`.
func resolveISAs(_ names: [String]) throws(UsageError) -> [ISA] {
  if names == ["all"] { return ISA.available }
  var isas: [ISA] = []
  for name in names {
    do { isas.append(try ISA(named: name)) } catch { throw UsageError(message: "\(error)") }
  }
  return isas
}

/// Why every call runs on its caller's thread, whatever it asks for; nil where calls can use more.
func serialReason() -> String? {
  if Threads.isParallel { return nil }
  return Threads.environmentError ?? "the library was built without OpenMP"
}

/// The thread counts to measure at: those asked for, or 1 and all that are allowed.
///
/// - Parameter serial: why there is one thread alone; nil where there are more.
func threadCounts(_ asked: [Int]?, allowed: Int, serial: String?) throws(BenchError) -> [Int] {
  guard let serial else { return asked ?? [1, allowed].unique() }
  if let count = asked?.first(where: { $0 > 1 }) { throw BenchError("nothing runs on \(count) threads: \(serial)") }
  return [1]
}

/// `bench [FILTER…]`: measures the machine, then every case, and reports.
struct BenchmarkRun {
  private let options: RunOptions
  private let progress: Progress
  private let failures = PeerFailures()

  init(_ options: RunOptions) {
    self.options = options
    progress = Progress(tableToStandardError: options.json == "-")
  }

  /// Returns the exit status.
  func run() throws -> Int32 {
    for path in outputs { try checkWritable(path) }
    // Before anything is pinned, which narrows what it sees.
    let threads = try threadCounts(options.threads, allowed: Threads.allowed, serial: serialReason())
    let isas = try selectedISAs()
    let baseline = try options.baseline.map(readResults(at:))
    let peers = options.peers.load()
    try startThreads(threads.max() ?? 1)
    let request = Request(dtypes: options.dtypes, isas: isas, threads: threads, peers: peers)
    let cases = try suites.flatMap { suite in
      let all = try suite.cases(request)
      return options.filters.contains(suite.name) ? all : all.filter { passes($0.id) }
    }
    if cases.isEmpty { throw BenchError("no case matches \(options.filters.joined(separator: ", "))") }
    try baseline?.expectResult(forAnyOf: cases.map(\.id))

    var machine = Machine(peers: peers)
    let before = Limits(threads: Array(Set([1] + threads)).sorted(), machine: machine, progress: progress)
    machine.peakGflops = before.peakGflops
    machine.streamGbps = before.streamGbps
    machine.roundTripNs = before.roundTripNs
    header(machine, isas: isas.map(\.name), threads: threads).forEach { progress.line($0) }
    if let reason = serialReason() { progress.line("warning   one thread alone: \(reason)") }

    var results = try measureAll(cases, peers: peers, machine: machine)
    let after = Limits(threads: Array(Set([1] + threads)).sorted(), machine: machine, progress: progress)
    machine.roundTripNsAfter = after.roundTripNs
    machine.peakGflops = Limits.higher(before.peakGflops, after.peakGflops)
    for index in results.indices { results[index].result.rate(on: machine) }
    progress.line()
    summary(results).forEach { progress.line($0) }
    if let line = try overheadLine(request, minTime: options.minTime) { progress.line(line) }
    try vectorLines(cases, minTime: options.minTime).forEach { progress.line($0) }
    for change in after.changes(since: before) { progress.line("warning: during the run, \(change)") }
    return try report(machine, results, baseline: baseline)
  }

  /// The files to write.
  private var outputs: [String] { [options.json == "-" ? nil : options.json, options.html].compactMap { $0 } }

  private func passes(_ id: String) -> Bool {
    options.filters.isEmpty || options.filters.contains { id.contains($0) }
  }

  private func selectedISAs() throws -> [ISA] {
    guard let names = options.isas else {
      if let error = ISA.overrideError { throw error }
      return [ISA.current]
    }
    return try resolveISAs(names)
  }

  // MARK: Measuring

  /// Our kernels are the first to enter the OpenMP runtime, which they configure once and a peer may share.
  private func startThreads(_ count: Int) throws {
    let contender = plainProduct(
      GEMMProblem<Float>(GEMMShape(m: 256, n: 256, k: 256, layout: .nn, section: "")), ISA.best, count)
    _ = try contender.time(1)
  }

  private func measureAll(_ cases: [Case], peers: [any Peer], machine: Machine) throws -> [Measured] {
    let table = Table(cases: cases, peers: peers)
    progress.line()
    table.heading.forEach { progress.line($0) }
    var results: [Measured] = []
    for (index, item) in cases.enumerated() {
      progress.show("[\(index + 1)/\(cases.count)] \(item.id)")
      let measured = try measure(item, machine: machine)
      progress.line(table.row(measured))
      results.append(measured)
    }
    return results
  }

  private func measure(_ item: Case, machine: Machine) throws -> Measured {
    let cpus = machine.cpusAllowed.map(CInt.init)
    let used = Array(cpus.prefix(item.threads))
    // Ours and theirs on the same CPUs.  A single-threaded call is held by its caller's; the idle workers stay where
    // they are.  Otherwise each thread gets one, as soon as every pool has been at work and has its threads: the system
    // may leave two of them on one CPU for as long as a case takes.
    if item.threads == 1 { cb_confine_caller(used, 1) } else { cb_confine_process(used, used.count) }
    defer { cb_confine_process(cpus, cpus.count) }

    let prepared = try item.prepare()
    var contenders = checkedPeers(prepared, item)
    let error = try checkedError(of: prepared)
    if item.threads > 1 { cb_place_threads(used, used.count) }
    let reading = item.isReadBound ? [Contender(reading: prepared.operands, cpus: used)] : []
    let timings = try timeInTurns([prepared.ours] + reading, &contenders, item)
    let ours = timings[0]
    let peers = zip(contenders, timings.suffix(contenders.count)).map { peer, timing in
      PeerResult(name: peer.name, secondsBest: timing.best, ratio: timing.best / ours.best)
    }
    let gflops = item.flops / ours.best / 1e9
    return Measured(
      result: Result(
        id: item.id, kernel: item.kernel, dtype: item.dtype, shape: item.shape, isa: item.isa.name,
        threads: item.threads, secondsBest: ours.best, secondsMedian: ours.median, gflops: gflops,
        percentOfPeak: machine.percentOfPeak(gflops, item.dtype, threads: item.threads), errorOverBound: error,
        algorithm: prepared.algorithm, peers: peers),
      section: item.section, flops: item.flops, bytes: item.bytesRead + item.bytesWritten,
      squareSize: item.squareSize, elements: item.elements,
      percentOfRead: item.isReadBound ? 100 * timings[1].best / ours.best : nil)
  }

  /// Times these and then the peers.  A peer that fails is dropped, and the others start anew.
  private func timeInTurns(_ contenders: [Contender], _ peers: inout [Contender], _ item: Case) throws -> [Timing] {
    while true {
      do {
        return try bench.timeInTurns(contenders + peers, minTime: options.minTime)
      } catch let failure as PeerFailure {
        warn(failure, item)
        peers.removeAll { $0.name == failure.peer }
      }
    }
  }

  /// The peers that do not fail.  One that computes something else is no comparison, and is reported.
  private func checkedPeers(_ prepared: PreparedCase, _ item: Case) -> [Contender] {
    let usable = prepared.peers.filter { peer in
      prepared.spoilOutput()
      peer.setUp()
      do {
        _ = try peer.time(1)
        try peer.deliver()
      } catch {
        warn(PeerFailure(peer: peer.name, cause: error), item)
        return false
      }
      let error = prepared.errorOverBound()
      if !(error <= 1) {
        progress.line("warning: \(peer.name) is off by \(format(error, 1)) times our error bound at \(item.id)")
      }
      return true
    }
    return usable.map(\.asPeer)
  }

  private func warn(_ failure: PeerFailure, _ item: Case) {
    if failures.isNew(failure) {
      progress.warn("\(failure.peer) is left out where this happens, first at \(item.id): \(failure.cause)")
    }
  }

  /// Our worst error over its bound.
  private func checkedError(of prepared: PreparedCase) throws -> Double {
    prepared.spoilOutput()
    _ = try prepared.ours.time(1)
    return prepared.errorOverBound()
  }

  // MARK: Reporting

  private func report(_ machine: Machine, _ results: [Measured], baseline: ResultFile?) throws -> Int32 {
    var failed = !writeFiles(machine, results)
    for measured in results where !(measured.result.errorOverBound <= 1) {
      progress.line("error: \(measured.result.id) exceeds its error bound")
      failed = true
    }
    if let baseline {
      let comparison = compare(results.map(\.result), on: machine, with: baseline, threshold: options.threshold)
      comparison.lines.forEach { progress.line($0) }
      failed = failed || comparison.hasRegression
    }
    return failed ? EXIT_FAILURE : EXIT_SUCCESS
  }

  /// Writes the files asked for, each whatever became of the other; returns whether all could be.
  private func writeFiles(_ machine: Machine, _ results: [Measured]) -> Bool {
    let writers = [
      {
        if let path = options.json {
          try writeResults(ResultFile(machine: machine, results: results.map(\.result)), to: path)
        }
      },
      { if let path = options.html { try writeHTML(machine, results, to: path) } },
    ]
    var all = true
    for write in writers {
      do { try write() } catch {
        progress.line("error: \(error)")
        all = false
      }
    }
    return all
  }
}
