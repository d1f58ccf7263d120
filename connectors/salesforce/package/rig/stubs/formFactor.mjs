/** Large on the desktop, Small on the phone: the page's address says which. */
export default new URLSearchParams(window.location.search).get('formFactor') ?? 'Large';
