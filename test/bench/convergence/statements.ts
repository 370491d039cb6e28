/** Statements of many agents: each claim is said by a few of them in other words, and one of ten denies it. */

export const AGENTS = 20;
export const STATEMENTS = 10_000;
/** A claim has so many statements, each of another agent. */
const VOICES = 5;

const NOUNS =
  'export importer gateway scheduler cache index report dashboard parser queue backup invoice upload mailer search editor console crawler ledger webhook'.split(
    ' ',
  );
const KINDS =
  'nightly legacy customer billing mobile internal regional partner archive staging premium public audit vendor sensor payroll inventory shipping marketing analytics'.split(
    ' ',
  );
/** Third person and participle. */
const VERBS = (
  'deletes deleted|compresses compressed|encrypts encrypted|validates validated|copies copied|rejects rejected|orders ordered|signs signed|counts counted|renames renamed|' +
  'publishes published|caches cached|translates translated|filters filtered|merges merged|splits split|watches watched|moves moved|tags tagged|rounds rounded|' +
  'imports imported|locks locked|converts converted|schedules scheduled|charges charged|refunds refunded|prints printed|scans scanned|ranks ranked'
)
  .split('|')
  .map((forms) => forms.split(' '));
const OBJECTS =
  'addresses prices photos contracts passwords orders coordinates tickets budgets licences comments stocks recipes forecasts salaries certificates routes surveys vouchers drawings patents subtitles samples blueprints letters fingerprints schedules'.split(
    ' ',
  );

export interface MadeStatement {
  id: string;
  /** Number of the agent. */
  agent: number;
  content: string;
}

const FORMS: readonly ((subject: string, verb: string, participle: string, object: string) => string)[] = [
  (subject, verb, _, object) => `The ${subject} ${verb} the ${object}.`,
  (subject, _, participle, object) => `The ${object} are ${participle} by the ${subject}.`,
  (subject, verb, _, object) => `Our ${subject} always ${verb} all ${object}.`,
  (subject, verb, _, object) => `It is the ${subject} that ${verb} the ${object}.`,
];

/** Returns the statements, the same on every call. */
export function makeStatements(count: number): MadeStatement[] {
  return Array.from({ length: count }, (_, at) => {
    const claim = Math.floor(at / VOICES);
    const voice = at % VOICES;
    const subject = `${KINDS[claim % KINDS.length]} ${NOUNS[Math.floor(claim / KINDS.length) % NOUNS.length]}`;
    const [verb = '', participle = ''] = VERBS[(claim * 7) % VERBS.length] ?? [];
    const object = OBJECTS[(claim * 5) % OBJECTS.length] ?? '';
    const form = FORMS[voice % FORMS.length];
    return {
      id: `know_${String(at).padStart(26, '0')}`,
      agent: (claim + voice * 3) % AGENTS,
      content:
        at % 10 === 9
          ? `The ${object} are not ${participle} by the ${subject}.`
          : (form?.(subject, verb, participle, object) ?? ''),
    };
  });
}
