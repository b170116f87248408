/* What the user's and the system's configuration of git say. */
#pragma once

/*
 * The value of a key of two words, such as "http.sslCAInfo" (their case counts not), as
 * git takes it: of the system's file, the user's and ~/.gitconfig the last one that says
 * it; "~/" is the home. NULL: none says it, or only includes or single URLs would.
 * mem_free.
 */
char *git_config_value(const char *key);
