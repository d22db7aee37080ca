import Foundation

/// Writes a report with plots: one file, no scripts, light or dark as the reader's system asks.
func writeHTML(_ machine: Machine, _ results: [Measured], to path: String) throws {
  let page = HTMLReport(machine: machine, results: results).page
  try writeFile(Data(page.utf8), to: path)
}

/// Text as HTML.
func escaped(_ text: String) -> String {
  text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
    .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
}

private struct HTMLReport {
  let machine: Machine
  let results: [Measured]

  var page: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>swift-kernels benchmark, \(escaped(machine.commit))</title>
    <style>\(styleSheet)</style>
    </head>
    <body>
    <h1>swift-kernels benchmark</h1>
    \(machineSection)
    \(groups.map(groupSection).joined(separator: "\n"))
    \(summarySection)
    \(tableSection)
    </body>
    </html>

    """
  }

  /// Results that one plot can show together, in order of appearance.
  private var groups: [[Measured]] {
    var order: [String] = []
    var members: [String: [Measured]] = [:]
    for measured in results {
      let result = measured.result
      let key = "\(result.kernel) \(result.dtype) \(result.isa) \(result.threads)"
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(measured)
    }
    return order.map { members[$0]! }
  }

  private var machineSection: String {
    let isas = Set(results.map(\.result.isa)).sorted()
    let threads = Set(results.map(\.result.threads)).sorted()
    return "<pre>\(escaped(header(machine, isas: isas, threads: threads).joined(separator: "\n")))</pre>"
  }

  private func groupSection(_ group: [Measured]) -> String {
    let first = group[0].result
    let title =
      "\(first.kernel), \(first.dtype.rawValue), \(first.isa), "
      + (first.threads == 1 ? "1 thread" : "\(first.threads) threads")
    var plots: [String] = []
    if let plot = SpeedPlot(group, machine: machine) { plots.append(plot.figure) }
    if let plot = RatioPlot(group) { plots.append(plot.figure) }
    return plots.isEmpty ? "" : "<h2>\(escaped(title))</h2>\n<div class=\"plots\">\(plots.joined())</div>"
  }

  private var summarySection: String {
    "<h2>Summary</h2>\n<ul>" + summary(results).map { "<li>\(escaped($0))</li>" }.joined() + "</ul>"
  }

  private var tableSection: String {
    let names = machine.peers.map(\.name).filter { name in results.contains { !$0.result.ratio(of: name).isEmpty } }
    let titles =
      ["id", "best", "median", "GFLOP/s", "GB/s", "% of peak", "% of read", "error / bound"] + names + ["algorithm"]
    let rows = results.map { measured in
      let result = measured.result
      let cells =
        [
          escaped(result.id), formatTime(result.secondsBest), formatTime(result.secondsMedian),
          format(result.gflops, 1), format(measured.gbps, 1), format(result.percentOfPeak, 1),
          measured.percentOfRead.map { format($0, 1) } ?? "", format(result.errorOverBound, 4),
        ]
        + names.map(result.ratio) + [escaped(result.algorithm ?? "")]
      return "<tr>" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
    }
    return """
      <h2>All results</h2>
      <p>Under a peer's name: its best time over ours; above 1 ours is faster.  (call): not its
      kernel, the whole call from Python.</p>
      <div class="wide"><table><thead><tr>\(titles.map { "<th>\(escaped($0))</th>" }.joined())</tr></thead>
      <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
      """
  }
}

/// The colours of the lines, ours first, then the peers' in their order; told apart by most colour-blind readers.
private let styleSheet = """
  :root { color-scheme: light dark; --ground: #fcfcfb; --ink: #1d1c1a; --soft: #6b6a66; --rule: #dedcd6;
    --s0: #2a78d6; --s1: #eb6834; --s2: #1baf7a; --s3: #b98000; --s4: #d2558b; --s5: #4a3aa7; --s6: #7a7974; }
  @media (prefers-color-scheme: dark) { :root { --ground: #1a1a19; --ink: #f2f1ec; --soft: #a3a29b; --rule: #3c3b38;
    --s0: #3987e5; --s1: #e0632f; --s2: #1fa97a; --s3: #c98500; --s4: #d55181; --s5: #9085e9; --s6: #a3a29b; } }
  body { background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto;
    max-width: 72rem; padding: 0 1rem; }
  h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; }
  pre { font-size: .8rem; overflow-x: auto; border-left: 3px solid var(--rule); padding-left: 1rem; }
  .plots { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start; }
  figure { margin: 0; flex: 1 1 30rem; min-width: 0; } figcaption { color: var(--soft); font-size: .85rem; }
  svg { width: 100%; height: auto; } svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
  svg .name { fill: var(--ink); } .rule { stroke: var(--rule); } .axis { stroke: var(--soft); }
  .line { fill: none; stroke-width: 1.8; } .ours { stroke-width: 3.2; }
  .roof { stroke: var(--soft); stroke-dasharray: 6 4; fill: none; stroke-width: 1.5; }
  .wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .82rem; }
  th, td { padding: .2rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
  th:first-child, td:first-child { text-align: left; } td { font-variant-numeric: tabular-nums; }
  """
