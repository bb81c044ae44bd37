import Foundation
import TestSupport
import Testing

/// Which tests inject which failure: the list that the protocol was designed against.
///
/// A failure that is not in it is a gap; a name that is in it and in no file is one, too.
@Suite struct ScenarioTable {
  struct Scenario: Sendable {
    var failure: String
    var outcome: String
    var tests: [String]

    init(_ failure: String, _ outcome: String, _ tests: String...) {
      self.failure = failure
      self.outcome = outcome
      self.tests = tests
    }
  }

  static let all = [
    Scenario(
      "killed in a transaction",
      "rolled back; the next run applies all",
      "killedInTheMiddleOfATransaction",
      "killedBeforeAFailureIsRecorded",
      "aRunKilledAtAnyStepIsFinishedByTheNext"
    ),
    Scenario(
      "killed between the commit and its answer",
      "applied, and nothing is pending",
      "killedBeforeTheAnswerToTheCommitIsRead",
      "aRunKilledAtAnyStepIsFinishedByTheNext",
      "aNetworkThatDiesWithoutAWordIsNoticedAndTheNextRunIsRight"
    ),
    Scenario(
      "killed between two lone statements",
      "goes on with the second, the first one's hash checked",
      "killedBetweenLoneStatementsItGoesOnWithTheSecond",
      "aRunKilledAroundALoneStatementIsFinishedByTheNext",
      "whatIsDoneMayNotBeEditedWhatIsNotMay"
    ),
    Scenario(
      "a lone statement ends after its runner",
      "found in the catalogue, and not repeated",
      "aLoneStatementThatEndsAfterItsRunnerIsNotRepeated",
      "whatNobodyCanKnowIsAsked"
    ),
    Scenario(
      "SIGINT or SIGTERM in a file",
      "cancelled on the server, rolled back, lock free, exit 130 or 143",
      "interruptedInTheMiddleOfATransaction"
    ),
    Scenario(
      "session ended by the server",
      "the statement is named; a clean next try",
      "theServerEndsTheSessionInTheMiddle"
    ),
    Scenario(
      "network dead without a word",
      "noticed; the history decides",
      "aNetworkThatDiesWithoutAWordIsNoticedAndTheNextRunIsRight",
      "whetherALostCommitHappenedIsSaid"
    ),
    Scenario(
      "two runs at once",
      "one applies, the other one waits and has nothing to do",
      "aWaiterIsToldWhoWorksAndHasNothingToDoAfterwards",
      "manyAtOnceOnAVirginDatabaseApplyEachOnce"
    ),
    Scenario(
      "eight runs on a virgin database",
      "the history is made once",
      "manyAtOnceOnAVirginDatabaseApplyEachOnce",
      "fourAtOnceOnAVirginProjectApplyEachOnce"
    ),
    Scenario(
      "holder of the lock killed",
      "who waits gets it",
      "theLockOfADeadHolderIsFree"
    ),
    Scenario(
      "holder of the lock suspended",
      "who waits gives up at its limit and names the holder",
      "aWaiterGivesUpAtItsLimitAndSaysWhoHoldsTheLock"
    ),
    Scenario(
      "holder goes on after its lease was taken",
      "its next commit is refused",
      "aHolderThatWakesUpWithoutItsLockChangesNothingMore",
      "aRunWhoseLeaseWasTakenChangesNothingMore"
    ),
    Scenario(
      "index made concurrently while a run waits",
      "no deadlock",
      "aWaiterHoldsNoTransactionAndWaitsInNoStatement"
    ),
    Scenario(
      "pooler of transactions",
      "refused, or fenced; never two runs",
      "behindAPoolerOfTransactionsTheSessionLockIsRefused",
      "behindAPoolerOfTransactionsALeaseChangesNothingInAnotherSession"
    ),
    Scenario(
      "applied file edited",
      "refused, with the difference",
      "anEditIsShownAsTheDifferenceOfTheTexts",
      "filesThatChangedAreRefused"
    ),
    Scenario("applied file laid out anew", "accepted, with a note", "layoutMayChange"),
    Scenario(
      "applied file gone or renamed",
      "an error, or a note; never silent",
      "aFileThatIsGoneIsAnErrorUntilItIsAccepted",
      "aRenamedFileIsNotAppliedAgain"
    ),
    Scenario(
      "version 3 comes after 5",
      "applied if they touch different objects, else both are named",
      "aLateVersionAppliesWhenItTouchesOtherObjects"
    ),
    Scenario(
      "two files of one version",
      "an error before connecting",
      "twoFilesOfOneVersionAreRefusedBeforeConnecting"
    ),
    Scenario(
      "statement fails in a transaction",
      "nothing visible, a row that tells, a clean next try",
      "aFailureInATransactionNeverBlocks",
      "aFailureLeavesNothingAndDoesNotBlockTheNextTry",
      "anErrorWithoutAPositionIsLaidToItsStatement"
    ),
    Scenario(
      "COMMIT in a file",
      "refused before anything runs",
      "whatBreaksTheTransactionIsRefusedBeforeAnythingRuns"
    ),
    Scenario(
      "TRUNCATE, then an error",
      "announced; goes on behind TRUNCATE",
      "whatFailsBehindTruncateGoesOnBehindTruncate"
    ),
    Scenario(
      "lone statements among others",
      "cut, applied, each with its progress",
      "thePlanShowsEachPart",
      "aRunKilledAroundALoneStatementIsFinishedByTheNext",
      "aRunKilledAgainWhileItFindsOutIsFinishedByTheThird"
    ),
    Scenario(
      "serialization conflict at COMMIT",
      "tried again as a whole, one row",
      "theServersConflictsAreTriedAgainAsAWhole"
    ),
    Scenario(
      "table held by somebody",
      "fails fast, and names who holds it",
      "aLimitForLocksFailsFastAndNamesWhoHoldsThem",
      "aTableThatIsReadIsAlteredWhenItIsFree",
      "aStatementThatRunsAloneIsTriedAgain",
      "itGivesUpAfterSoManyTries",
      "aLimitForStatementsEndsWithItsMigration"
    ),
    Scenario(
      "full disk, read-only server, missing right",
      "one clear error, nothing left behind",
      "aFullDiskLeavesNothingAndDoesNotBlock",
      "aDatabaseThatTakesNoWritesIsOneClearError",
      "aUserWhoMayNotIsToldBeforeAnythingRuns"
    ),
    Scenario(
      "history gone, or of an older moment",
      "refused; baseline is the way out, or what the rows do not say is told",
      "aDatabaseWhoseHistoryIsGoneIsLeftAlone",
      "aHistoryOfAnOlderBackupIsRecognised",
      "tablesOfAnOlderBackupAreRecognised"
    ),
    Scenario("rows of the history twice", "counted once", "duplicateRowsCountOnce"),
    Scenario(
      "table changed by hand",
      "shown, with the repair",
      "whatIsChangedByHandIsTold",
      "whatWasChangedByHandIsShownWithItsRepair",
      "aTableThatWasRenamedGetsItsNameBackWithItsRows",
      "aRepairIsInTheHistory"
    ),
    Scenario(
      "quotes, comments, semicolons in strings, empty files",
      "the statements that the server sees",
      "textsAreStoredAsRedshiftReadsThem",
      "theServerSeesTheStatementsThatTheFileHas"
    ),
    Scenario(
      "command of psql",
      "an error with what to write instead",
      "whatCannotBeRunIsRefusedBeforeConnecting"
    ),
    Scenario(
      "variable missing, or with a quote",
      "an error before connecting; quoted it is text",
      "whatCannotBeRunIsRefusedBeforeConnecting",
      "valuesOfVariablesAreTextUntilTheyAreQuoted"
    ),
    Scenario("password in an error", "in no output and no row", "secretsAreInNoOutputAndNoRow"),
    Scenario(
      "column of a model dropped",
      "refused with the list until the model changes",
      "whatBreaksModelsIsRefusedBeforeAnythingIsApplied"
    ),
    Scenario(
      "table renamed under a late-binding view",
      "refused until the view changes, then made anew",
      "aTableUnderALateBindingViewIsRenamedOnlyTogetherWithTheView",
      "whatALateBindingViewOfAMigrationReadsIsTakenAwayOnlyTogetherWithTheView"
    ),
    Scenario(
      "plan applied after another run",
      "refused",
      "aPlanIsAppliedAsItIsOrNotAtAll"
    ),
    Scenario(
      "verify script finds something",
      "rolled back before the commit; behind a lone statement the way back is offered",
      "whatItsVerifyScriptRefusesMayBeTakenBack",
      "aVerifyScriptThatFindsSomethingRollsTheMigrationBack"
    ),
    Scenario(
      "undo in the middle",
      "refused if later ones touch the same, else recorded",
      "anUndoKilledAtAnyStepIsFinishedByTheNext",
      "undoTakesBackTheLastThoseAboveOrOneInTheMiddle"
    ),
    Scenario(
      "view in the middle of a chain edited",
      "it and its dependents, in order",
      "repeatableViewsAreRebuiltInTheOrderOfTheirDependencies"
    ),
    Scenario(
      "a distant server",
      "two round trips for a file, six to learn that nothing is pending",
      "aFileTakesTwoRoundTripsAtMost",
      "aVerifyScriptIsAskedInTheSameMessage",
      "nothingToDoIsLearntInSixRoundTripsOfWhichTheConnectionIsOne"
    ),
    Scenario(
      "another tool's history taken over twice",
      "the same; what failed there is not done",
      "whatAnotherToolAppliedIsTakenOverOnce"
    ),
    Scenario(
      "database that was there before",
      "refused, with its objects, until a baseline is named",
      "aBaselineNamesItsVersion"
    ),
  ]

  @Test func everyFailureHasATest() throws {
    #expect(Self.all.count == 42)
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    var text = ""
    for place in [folder, folder.deletingLastPathComponent()] {
      let files = try FileManager.default.contentsOfDirectory(
        at: place,
        includingPropertiesForKeys: nil
      )
      for file in files where file.pathExtension == "swift" {
        text += try String(contentsOf: file, encoding: .utf8)
      }
    }
    for scenario in Self.all {
      #expect(!scenario.tests.isEmpty, "\(scenario.failure)")
      for name in scenario.tests {
        #expect(text.contains("func \(name)("), "\(scenario.failure): no test \(name)")
      }
    }
  }
}
