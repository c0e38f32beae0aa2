// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors in our own targets; dependencies are built with their own settings.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let strictC: [CSetting] = [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

let package = Package(
  name: "usher",
  products: [.executable(name: "usher", targets: ["UsherCommand"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // The domain, and JSON and CSV: nothing but the standard library. On Linux, rounding needs the C math library.
    .target(name: "Routing", swiftSettings: strict, linkerSettings: [.linkedLibrary("m")]),
    .target(name: "Wire", swiftSettings: strict),
    .target(name: "LuaSyntax", swiftSettings: strict),

    // Safe writing of files: never over a store, readable only by their owner.
    .target(name: "Files", swiftSettings: strict),

    // Reports as HTML files.
    .target(name: "Pages", dependencies: ["Wire"], swiftSettings: strict),

    // Text with tones, keys, and a screen to draw on.
    .target(name: "Terminal", dependencies: ["Wire"], swiftSettings: strict),

    // The interpreter.
    .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
    .target(name: "CLuaSandbox", dependencies: ["CLua"], cSettings: strictC),
    .target(name: "LuaSandbox", dependencies: ["CLuaSandbox"], swiftSettings: strict),

    // Policies. The files of Rules/ go into the program with C23's #embed.
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "CShippedRules", cSettings: strictC + [.unsafeFlags(["-std=c23"])]),
    .target(
      name: "Policies",
      dependencies: ["Routing", "LuaSandbox", "LuaSyntax", "Wire", "CCrypto", "CShippedRules"],
      swiftSettings: strict),
    .target(
      name: "PolicyLint", dependencies: ["Routing", "LuaSandbox", "LuaSyntax", "Policies", "Wire"],
      swiftSettings: strict),
    .target(
      name: "PolicyTesting",
      dependencies: ["Routing", "LuaSandbox", "LuaSyntax", "Policies", "PolicyLint", "Wire"], swiftSettings: strict),

    // Storage, and the parts that run on it.
    .target(name: "StoreSQL", dependencies: ["CCrypto", "Routing", "Wire"], swiftSettings: strict),
    .target(
      name: "StoreSQLite", dependencies: ["Files", "Routing", "StoreSQL", "Wire", grdb, grdbSQLite],
      swiftSettings: strict),
    // Opens a store from its address; other targets do not see the engines.
    .target(name: "Stores", dependencies: ["Routing", "StoreSQL", "StoreSQLite"], swiftSettings: strict),
    .target(name: "Sequencing", dependencies: ["Routing", "Policies"], swiftSettings: strict),
    .target(name: "Delivery", dependencies: ["Files", "Routing", "Wire"], swiftSettings: strict),
    .target(name: "DryRun", dependencies: ["Routing", "Wire", "Policies", "Sequencing"], swiftSettings: strict),

    // The actions of operators and their output, for the command line and every other interface.
    .target(
      name: "Operations",
      dependencies: [
        "Routing", "Wire", "Files", "Policies", "PolicyLint", "PolicyTesting", "Sequencing", "Stores", "DryRun",
      ],
      swiftSettings: strict),
    .target(
      name: "Representations",
      dependencies: [
        "Routing", "Wire", "Policies", "PolicyLint", "PolicyTesting", "Sequencing", "DryRun", "Operations", "Pages",
        "Terminal", "Bench",
      ],
      swiftSettings: strict),

    // The composition root: builds the running program from options.
    .target(
      name: "Daemon",
      dependencies: [
        "Routing", "Wire", "Files", "Policies", "PolicyTesting", "Sequencing", "Delivery", "Stores", "Operations",
        lifecycle, logging,
      ],
      swiftSettings: strict),

    // The baseline of `usher bench`: the same work in C.
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(
      name: "CBaseline", dependencies: ["CLua", "CLuaSandbox", "CSQLite"], path: "Benchmarks/CBaseline",
      cSettings: strictC),
    .target(
      name: "Bench",
      dependencies: ["Routing", "Policies", "PolicyTesting", "Sequencing", "Stores", "DryRun", "CBaseline"],
      swiftSettings: strict),

    // The program.
    .target(
      name: "Commands",
      dependencies: [
        "Routing", "Wire", "Files", "Policies", "PolicyLint", "PolicyTesting", "Sequencing", "Stores", "Delivery",
        "DryRun", "Daemon", "Operations", "Representations", "Pages", "Terminal", "CShippedRules", "Bench",
        argumentParser,
      ],
      swiftSettings: strict),
    .executableTarget(name: "UsherCommand", dependencies: ["Commands"], swiftSettings: strict),

    .target(
      name: "RoutingTestKit",
      dependencies: ["Routing", "Delivery", "Policies", "PolicyTesting", "Sequencing", "StoreSQL", "Stores", "Wire"],
      path: "Tests/RoutingTestKit", swiftSettings: strict),
    .testTarget(
      name: "CommandsTests",
      dependencies: [
        "UsherCommand", "Commands", "DryRun", "Files", "Operations", "Policies", "Representations", "Routing",
        "RoutingTestKit", "StoreSQL", "StoreSQLite", "Terminal", "Wire", grdb,
      ],
      exclude: ["Snapshots"], swiftSettings: strict),
    .testTarget(name: "ArchitectureTests", dependencies: ["Wire"], swiftSettings: strict),
    .testTarget(
      name: "BenchTests", dependencies: ["Bench", "Stores"], swiftSettings: strict),
    .testTarget(
      name: "DaemonTests",
      dependencies: [
        "Daemon", "Delivery", "Operations", "Policies", "Routing", "RoutingTestKit", "Sequencing", "Stores", "Wire",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "DeliveryTests",
      dependencies: ["Delivery", "Routing", "RoutingTestKit", "StoreSQL", "StoreSQLite", "Stores", "Wire"],
      swiftSettings: strict),
    .target(
      name: "FuzzChecks",
      dependencies: ["LuaSandbox", "LuaSyntax", "Policies", "PolicyLint", "PolicyTesting", "Routing", "Wire"],
      path: "Tests/Fuzzing/Checks", swiftSettings: strict),
    .testTarget(name: "FuzzingTests", dependencies: ["FuzzChecks"], swiftSettings: strict),
    .testTarget(
      name: "DryRunTests",
      dependencies: ["DryRun", "Policies", "PolicyTesting", "Routing", "RoutingTestKit", "Stores", "Wire"],
      swiftSettings: strict),
    .testTarget(name: "FilesTests", dependencies: ["Files"], swiftSettings: strict),
    .testTarget(
      name: "InterchangeTests", dependencies: ["Routing", "RoutingTestKit", "StoreSQL", "StoreSQLite", "Wire", grdb],
      swiftSettings: strict),
    .testTarget(
      name: "LuaSandboxTests", dependencies: ["CLuaSandbox", "LuaSandbox", "Routing"], swiftSettings: strict),
    .testTarget(name: "LuaSyntaxTests", dependencies: ["CLua", "LuaSyntax", "Routing"], swiftSettings: strict),
    .testTarget(
      name: "OperationsTests",
      dependencies: [
        "Operations", "DryRun", "Routing", "RoutingTestKit", "Stores", "StoreSQL", "StoreSQLite", "Policies", "Wire",
      ],
      swiftSettings: strict),
    .testTarget(name: "PagesTests", dependencies: ["Pages", "Policies"], swiftSettings: strict),
    .testTarget(
      name: "StoreSQLiteTests",
      dependencies: ["Files", "Routing", "RoutingTestKit", "StoreSQL", "StoreSQLite", "Wire", grdb],
      exclude: ["Fixtures"], swiftSettings: strict),
    .target(name: "PolicyTestKit", path: "Tests/PolicyTestKit", swiftSettings: strict),
    .testTarget(
      name: "PoliciesTests",
      dependencies: ["Policies", "PolicyLint", "PolicyTestKit", "PolicyTesting", "LuaSandbox", "Routing", "Wire"],
      swiftSettings: strict),
    .testTarget(
      name: "PolicyLintTests",
      dependencies: [
        "LuaSandbox", "LuaSyntax", "Policies", "PolicyLint", "PolicyTestKit", "PolicyTesting", "Routing",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "PolicyTestingTests",
      dependencies: [
        "LuaSandbox", "LuaSyntax", "Policies", "PolicyLint", "PolicyTestKit", "PolicyTesting", "Routing", "Wire",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "RepresentationsTests",
      dependencies: [
        "Representations", "Bench", "DryRun", "Operations", "Policies", "Routing", "RoutingTestKit", "Sequencing",
        "StoreSQL", "StoreSQLite", "Terminal", "Wire",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ReplayTests",
      dependencies: [
        "DryRun", "Operations", "Policies", "PolicyTesting", "Representations", "Routing", "RoutingTestKit",
        "Sequencing",
        "StoreSQL", "StoreSQLite", "Wire", grdb,
      ],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(name: "RoutingTests", dependencies: ["Routing"], swiftSettings: strict),
    .testTarget(
      name: "SequencingTests",
      dependencies: [
        "Sequencing", "Stores", "Delivery", "DryRun", "Policies", "PolicyTesting", "Routing", "RoutingTestKit",
        "Wire",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "StoreConformanceTests",
      dependencies: ["DryRun", "Routing", "RoutingTestKit", "StoreSQL", "StoreSQLite", "Wire", grdb],
      swiftSettings: strict),
    .testTarget(
      name: "StatementTests",
      dependencies: ["Routing", "RoutingTestKit", "StoreSQL", "StoreSQLite", "Wire", grdb], swiftSettings: strict),
    .testTarget(name: "StoreSQLTests", dependencies: ["Routing", "StoreSQL"], swiftSettings: strict),
    .testTarget(name: "StoresTests", dependencies: ["Routing", "Stores"], swiftSettings: strict),
    .testTarget(name: "TerminalTests", dependencies: ["Terminal"], swiftSettings: strict),
    .testTarget(name: "WireTests", dependencies: ["Routing", "Wire"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)

// The fuzz targets need libFuzzer, so they exist only for `bin/fuzz`.
if Context.environment["USHER_FUZZ"] != nil {
  let flags: SwiftSetting = .unsafeFlags(["-parse-as-library"])
  package.targets += ["Policy", "Guard", "Cases", "Request"].map { name in
    .executableTarget(
      name: "\(name)Fuzzer", dependencies: ["FuzzChecks"], path: "Tests/Fuzzing/\(name)Fuzzer",
      swiftSettings: strict + [flags])
  }
}
