/** The name of the key that the first start makes for the owner, and of the file it lies in. */
export const OWNER_KEY = 'owner.key'
