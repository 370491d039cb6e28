import { text } from '../../text/settings.ts';
import { text as imports } from '../../text/settings-import.ts';
import { text as mcp } from '../../text/settings-mcp.ts';
import { text as team } from '../../text/settings-team.ts';

/** The sections of Settings in their order, by who they concern. */
export const groups = [
  {
    title: text.groups.you,
    sections: [
      { to: '/settings/profile', ...text.profile },
      { to: '/settings/appearance', ...text.appearance },
      { to: '/settings/keys', ...text.keys },
      { to: '/settings/import', ...imports },
    ],
  },
  {
    title: text.groups.team,
    sections: [
      { to: '/settings/team', ...team.team },
      { to: '/settings/models', ...team.models },
      { to: '/settings/secrets', ...team.secrets },
      { to: '/settings/mcp-servers', ...mcp },
    ],
  },
].map(({ title, sections }) => ({
  title,
  sections: sections.map(({ to, title: name, hint }) => ({ to, name, hint })),
}));
