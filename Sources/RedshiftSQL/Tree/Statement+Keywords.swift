extension Statement {
  /// The first words of a statement in lower case, without OR REPLACE and the like.
  ///
  /// For what treats whole families of statements alike. Queries and statements with a syntax
  /// error have none.
  package var keywords: [String] {
    switch kind {
    case .query, .invalid: []
    case .createTable, .createTableAs: ["create", "table"]
    case .createView(let view):
      view.isMaterialized ? ["create", "materialized", "view"] : ["create", "view"]
    case .createSchema: ["create", "schema"]
    case .createExternalSchema: ["create", "external", "schema"]
    case .createExternalTable: ["create", "external", "table"]
    case .createRoutine(let routine): Statement.words("create", routine.kind.rawValue)
    case .createModel(let model):
      model.isExternal ? ["create", "external", "model"] : ["create", "model"]
    case .externalView(let view): [view.action.verb, "external", "view"]
    case .template(let template): [template.action.verb, "template"]
    case .alterSystem: ["alter", "system"]
    case .createObject(let object): Statement.words("create", object.kind.rawValue)
    case .drop(let drop): Statement.words("drop", drop.kind.rawValue)
    case .dropObject(let drop): Statement.words("drop", drop.kind.rawValue)
    case .alterTable: ["alter", "table"]
    case .alterSchema: ["alter", "schema"]
    case .alterObject(let object): Statement.words("alter", object.kind.rawValue)
    case .policy(let policy):
      Statement.words(policy.alters ? "alter" : "create", policy.kind.rawValue)
    case .policyAttachment(let policy):
      Statement.words(policy.attaches ? "attach" : "detach", policy.kind.rawValue)
    case .insert: ["insert"]
    case .update: ["update"]
    case .delete: ["delete"]
    case .merge: ["merge"]
    case .truncate: ["truncate"]
    case .copy: ["copy"]
    case .copyJob(let job): ["copy", "job", job.action.rawValue]
    case .unload: ["unload"]
    case .grant(let grant): [grant.revokes ? "revoke" : "grant"]
    case .alterDefaultPrivileges: ["alter", "default", "privileges"]
    case .remark: ["comment"]
    case .analyze(let analyze): analyze.isCompression ? ["analyze", "compression"] : ["analyze"]
    case .vacuum: ["vacuum"]
    case .parameter(let parameter):
      switch parameter.action {
      case .set: ["set"]
      case .reset: ["reset"]
      case .show: ["show"]
      }
    case .session(.authorization): ["set", "session", "authorization"]
    case .session(.characteristics): ["set", "session", "characteristics"]
    case .show(let show): Statement.words(show.describes ? "desc" : "show", show.kind)
    case .use: ["use"]
    case .transaction(let command):
      switch command {
      case .begin: ["begin"]
      case .commit: ["commit"]
      case .rollback: ["rollback"]
      }
    case .lock: ["lock"]
    case .call: ["call"]
    case .cursor(let cursor):
      switch cursor.action {
      case .declare: ["declare"]
      case .fetch: ["fetch"]
      case .close: ["close"]
      }
    case .prepare: ["prepare"]
    case .execute: ["execute"]
    case .deallocate: ["deallocate"]
    case .cancel: ["cancel"]
    case .explain: ["explain"]
    case .refresh: ["refresh", "materialized", "view"]
    case .opaque(let opaque): opaque.keywords
    }
  }

  private static func words(_ first: String, _ others: String) -> [String] {
    [first] + others.split(separator: " ").map(String.init)
  }
}

extension ExternalView.Action {
  fileprivate var verb: String {
    switch self {
    case .create: "create"
    case .change, .removeDefinition: "alter"
    case .drop: "drop"
    }
  }
}

extension CopyTemplate.Action {
  fileprivate var verb: String {
    switch self {
    case .create: "create"
    case .drop: "drop"
    default: "alter"
    }
  }
}
