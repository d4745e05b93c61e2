-- The index of the search is laid out anew: the round over everything begins again with the next start.
delete from search_rounds;
delete from timetable where name = 'search round';
