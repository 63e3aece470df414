/** Where runbook pages live unless a team keeps its own. Ends with a slash. */
export const defaultRunbookUrl = 'https://github.com/faultline/faultline/blob/main/runbooks/';
