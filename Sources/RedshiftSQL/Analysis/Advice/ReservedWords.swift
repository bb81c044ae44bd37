/// Words that Redshift reserves and PostgreSQL does not.
///
/// Source: Amazon Redshift Database Developer Guide, Reserved words.
package enum ReservedWords {
  private static let words: Set<String> = Set(
    """
    aes128 aes256 allowoverwrite analyse analyze az64 backup blanksasnull bytedict bzip2
    credentials current_user_id deflate defrag delta delta32k disable emptyasnull enable encode
    encrypt encryption explicit globaldict256 globaldict64k gzip identity ignore interval luns lzo
    lzop minus mostly8 mostly16 mostly32 new nulls off offline oid old open overlaps parallel
    partition percent permissions pivot raw readratio recover rejectlog resort respect restore
    snapshot sysdate system tag tdes text255 text32k timestamp top truncatecolumns type unnest
    unpivot wallet without
    """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
  )

  package static func contains(_ word: String) -> Bool { words.contains(word) }
}
